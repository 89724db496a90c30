// The messages between worker-client.ts and worker-host.ts. Each call has a number that its answer
// bears; progress comes in between.

import type { AdaptProgress, Adaptation } from './adaptation.js';
import type { ErrorFields } from './errors.js';
import type { LocatedFile } from './file-bytes.js';
import type { Located } from './platform.js';
import type {
  ChangeOptions,
  Changes,
  InspectFileOptions,
  InspectOptions,
  Inspection,
} from './inspection.js';
import type {
  FileOptions,
  LineAnswer,
  LinesOptions,
  ListLine,
  ModelInfo,
  PredictOptions,
  Prediction,
} from './prediction.js';
import type { Progress } from './predictor.js';

/** What the client asks. */
export type Call =
  | { id: number; call: 'load'; weights: Located; wasm: Located; readers: Located }
  | { id: number; call: 'predict'; text: string; options: PredictOptions }
  | { id: number; call: 'predictFile'; file: LocatedFile; options: FileOptions }
  | { id: number; call: 'inspect'; text: string; options: InspectOptions }
  | { id: number; call: 'inspectFile'; file: LocatedFile; options: InspectFileOptions }
  | { id: number; call: 'changes'; text: string; options: ChangeOptions }
  | { id: number; call: 'predictLines'; lines: readonly ListLine[]; options: LinesOptions }
  | AdaptCall
  | { id: number; call: 'abort'; of: number }
  | { id: number; call: 'addAdapted'; bytes: Uint8Array }
  | { id: number; call: 'sample'; family: string; seed: number };

/** A request to learn from records. */
export interface AdaptCall {
  id: number;
  call: 'adapt';
  records: string;
  dataset: string | undefined;
  date: string | undefined;
}

/** The values that calls are answered by. */
export type Value =
  | ModelInfo
  | Prediction
  | LineAnswer[]
  | Inspection
  | Changes
  | Adaptation
  | string
  | undefined;

/** What the worker answers. */
export type Answer =
  | { id: number; value: Value }
  | { id: number; step: AdaptProgress }
  | { id: number; error: ErrorFields }
  | { progress: Progress }
  | { readers: Progress };
