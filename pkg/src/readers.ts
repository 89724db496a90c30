// The second WASM module, which reads ONNX files and Keras models. It is fetched when the first of them
// turns up; what it reads becomes a text that the first module takes.

import { GennapeError } from './errors.js';
import { bytesOf, type Located, type Platform } from './platform.js';
import type { Progress } from './predictor.js';

/** The functions of the module. */
export type Readers = typeof import('../generated/readers.js');

/** What `readFile` gives: the network as a text, and what the file is. */
export interface Finished<Info> {
  network: string;
  file: Info;
}

/** True for the error of a network that only the second module reads. */
export function lacksReader(thrown: unknown): boolean {
  return thrown instanceof GennapeError && thrown.kind === 'no-reader';
}

let started: Promise<Readers> | undefined;

/** Fetches and compiles the module, once a thread; a failure is forgotten, so that one can try again. */
export function startReaders(
  platform: Platform,
  located: Located,
  onProgress: (progress: Progress) => void,
): Promise<Readers> {
  started ??= start(platform, located, onProgress).catch((thrown: unknown) => {
    started = undefined;
    throw thrown;
  });
  return started;
}

async function start(
  platform: Platform,
  located: Located,
  onProgress: (progress: Progress) => void,
): Promise<Readers> {
  const [readers, bytes] = await Promise.all([
    import('../generated/readers.js').catch(unreachable),
    bytesOf(platform, located, onProgress),
  ]);
  await readers.default({ module_or_path: bytes });
  return readers;
}

function unreachable(thrown: Error): never {
  const message = `can't fetch the reader of this kind of file (${thrown.message}); check the connection`;
  throw new GennapeError({ kind: 'io', message });
}
