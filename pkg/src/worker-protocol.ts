// The messages between worker-client.ts and worker-host.ts. Each call has a number that its answer
// bears; progress comes in between.

import type { ErrorFields } from './errors.js';
import type { LocatedFile } from './file-bytes.js';
import type { Located } from './platform.js';
import type { FileOptions, ModelInfo, PredictOptions, Prediction } from './prediction.js';
import type { Progress } from './predictor.js';

/** What the client asks. */
export type Call =
  | { id: number; call: 'load'; weights: Located; wasm: Located }
  | { id: number; call: 'predict'; text: string; options: PredictOptions }
  | { id: number; call: 'predictFile'; file: LocatedFile; options: FileOptions };

/** What the worker answers. */
export type Answer =
  | { id: number; value: ModelInfo | Prediction }
  | { id: number; error: ErrorFields }
  | { progress: Progress };
