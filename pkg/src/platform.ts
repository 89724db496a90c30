// What differs between a browser and Node. browser.ts and node.ts implement it; nothing else in the
// package asks where it runs.

import type { OpenFile } from './file-bytes.js';
import type { Progress } from './predictor.js';

/** Bytes, or the absolute address of where they are: a `Source` that means the same in a worker. */
export type Located = string | Uint8Array;

/** The places and means of one kind of JavaScript runtime. */
export interface Platform {
  /** The weights beside the module. */
  readonly weights: string;
  /** The WASM module beside the module. */
  readonly wasm: string;
  /** The second WASM module, which reads ONNX files and Keras models. */
  readonly readers: string;
  /** The absolute address of what a caller wrote. */
  locate(written: string | URL): string;
  /** All bytes at an absolute address. */
  read(address: string, onProgress: (progress: Progress) => void): Promise<Uint8Array>;
  /** The file at an absolute address, read where it is needed if that can be done. */
  open(address: string): Promise<OpenFile>;
  /** A new worker, listening to the messages of worker-protocol.ts. */
  startWorker(): Port;
}

/** A worker seen from outside. */
export interface Port {
  post(message: unknown): void;
  onMessage(listener: (message: unknown) => void): void;
  /** Called at most once, when the worker can answer no more. */
  onCrash(listener: (reason: string) => void): void;
  /** While false, the worker does not keep a program from ending (Node; a page ends anyhow). */
  keepAlive(busy: boolean): void;
  terminate(): void;
}

/** The bytes that are located. */
export async function bytesOf(
  platform: Platform,
  located: Located,
  onProgress: (progress: Progress) => void,
): Promise<Uint8Array> {
  return typeof located === 'string' ? platform.read(located, onProgress) : located;
}
