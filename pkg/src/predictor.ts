// The interface of a predictor, and how one is asked for. Two implementations stand behind it,
// local.ts and worker-client.ts; the tests run both through the same table.

import type { AdaptOptions, Adaptation } from './adaptation.js';
import type {
  ChangeOptions,
  Changes,
  InspectFileOptions,
  InspectOptions,
  Inspection,
} from './inspection.js';
import type {
  FileOptions,
  FilePrediction,
  LineAnswer,
  ListLine,
  ModelInfo,
  LinesOptions,
  PredictOptions,
  Prediction,
} from './prediction.js';

/** Predicts accuracies with one set of weights. */
export interface Predictor {
  /**
   * The accuracy of the network that `text` describes.
   * Rejects with a `GennapeError`; one of kind `syntax` carries line and column.
   */
  predict(text: string, options?: PredictOptions): Promise<Prediction>;
  /**
   * The accuracy of the network in a file: ONNX with or without weights, or any text that
   * `predict` reads. Weights are never read where slices can be: of a Blob in a worker, of a path
   * in Node. Rejects with a `GennapeError` that names byte, node or line.
   */
  predictFile(file: FileSource, options?: FileOptions): Promise<FilePrediction>;
  /** The layers of the network that `text` describes. Rejects as `predict` does. */
  inspect(text: string, options?: InspectOptions): Promise<Inspection>;
  /** The layers of the network in a file. Rejects as `predictFile` does. */
  inspectFile(file: FileSource, options?: InspectFileOptions): Promise<Inspection>;
  /**
   * What each one-step change of an architecture would do, in an order that never changes. Ask for
   * a few at a time where it must be possible to stop. Rejects as `predict` does.
   */
  changes(text: string, options?: ChangeOptions): Promise<Changes>;
  /**
   * The accuracies of many networks, in their order. A line at fault gets its error for an answer
   * and does not stop the others. Other calls wait meanwhile: `milliseconds` limits that.
   */
  predictLines(lines: readonly ListLine[], options?: LinesOptions): Promise<LineAnswer[]>;
  /**
   * Learns a target from measured networks: `records` has one a line, as
   * `{"id", "arch", "accuracy": {"cifar10": 0.91}}`, at least 8 of one space. Rejects with a
   * `GennapeError` of kind `record` that says why nothing can be learned from them.
   */
  adapt(records: string, options?: AdaptOptions): Promise<Adaptation>;
  /**
   * Takes an adapted target on, which from then on answers for networks of its family and stands in
   * `info().targets`. Rejects where it was made from other weights.
   */
  addAdapted(bytes: Uint8Array): Promise<ModelInfo>;
  /**
   * The text of the random architecture of a family that belongs to `seed`, a whole number from 0 to
   * 2^32 - 1: one seed, one architecture. Rejects with kind `target` where `family` is none of
   * `info().families`.
   */
  sample(family: string, seed: number): Promise<string>;
  /** What the weights are; known since they were loaded. */
  info(): ModelInfo;
  /** Frees memory and ends the worker. Calls still running reject with kind `closed`. */
  close(): void;
}

/** Where bytes come from: an address, in Node also a path, or the bytes themselves. */
export type Source = string | URL | Uint8Array | ArrayBuffer;

/** Where a file comes from: a `File` or other Blob, or any other source. */
export type FileSource = Blob | Source;

/** Bytes read so far; `total` is unknown where the server compresses or does not say. */
export interface Progress {
  loaded: number;
  total: number | undefined;
}

/** How a predictor is made. */
export interface CreateOptions {
  /** The weights; left out: the file packaged beside the module. */
  weights?: Source | undefined;
  /** Work in a worker (the default): the calling thread stays free, and a crash stays in there. */
  worker?: boolean | undefined;
  /** The WASM module; left out: the file packaged beside the module. Read once a thread. */
  wasm?: Source | undefined;
  /**
   * The WASM module that reads ONNX files and Keras models; left out: the file packaged beside the
   * module. Read once a thread, when the first of them is to be read.
   */
  readers?: Source | undefined;
  /** Called while the weights arrive. */
  onProgress?: ((progress: Progress) => void) | undefined;
  /** Called while the readers arrive. */
  onReaders?: ((progress: Progress) => void) | undefined;
}
