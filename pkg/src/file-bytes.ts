// The bytes of a file, for the WASM module to read where it needs them: a network's structure is a
// small part of its file, and the weights are passed over.

import type { FileBytes } from '../generated/gennape.js';

import { GennapeError } from './errors.js';
import type { Located, Platform } from './platform.js';
import type { FileSource, Source } from './predictor.js';

/** A file's bytes with what is to be done when they were read. */
export interface OpenFile extends FileBytes {
  close(): void;
}

/** A `FileSource` that means the same in a worker. */
export type LocatedFile = Located | Blob;

/** A source as bytes or the absolute address of where they are. */
export function located(platform: Platform, source: Source): Located {
  if (source instanceof Uint8Array) return source;
  if (source instanceof ArrayBuffer) return new Uint8Array(source);
  try {
    if (typeof source === 'string' || source instanceof URL) return platform.locate(source);
  } catch {
    // a text that is no address
  }
  const message = `${String(source)} is neither an address nor bytes`;
  throw new GennapeError({ kind: 'config', message });
}

/** The same for a file, which may be a Blob. */
export function locatedFile(platform: Platform, source: FileSource): LocatedFile {
  return source instanceof Blob ? source : located(platform, source);
}

/** The name that a file goes by where the caller says none. */
export function nameOf(file: LocatedFile): string {
  if (typeof file === 'string') return decodeURIComponent(new URL(file).pathname.split('/').at(-1)!);
  return 'name' in file && typeof file.name === 'string' ? file.name : '';
}

/** The bytes of a file, wherever it is. */
export async function openFile(platform: Platform, file: LocatedFile): Promise<OpenFile> {
  if (typeof file === 'string') return platform.open(file);
  return file instanceof Blob ? ofBlob(file) : inMemory(file);
}

/** Bytes that are in memory. */
export function inMemory(bytes: Uint8Array): OpenFile {
  return {
    size: bytes.length,
    read: (offset, length) => bytes.subarray(offset, offset + length),
    close: () => {},
  };
}

// TypeScript knows it in workers alone; this module also runs on pages and in Node.
declare const FileReaderSync:
  | undefined
  | (new () => { readAsArrayBuffer(blob: Blob): ArrayBuffer });

/** A worker reads slices; a page must not wait for a disk, so there the whole Blob is read before. */
async function ofBlob(blob: Blob): Promise<OpenFile> {
  if (typeof FileReaderSync === 'undefined') return inMemory(await wholeOf(blob));
  const reader = new FileReaderSync();
  return {
    size: blob.size,
    read: (offset, length) =>
      new Uint8Array(reader.readAsArrayBuffer(blob.slice(offset, offset + length))),
    close: () => {},
  };
}

async function wholeOf(blob: Blob): Promise<Uint8Array> {
  try {
    return new Uint8Array(await blob.arrayBuffer());
  } catch (thrown) {
    const message = `can't read the file: ${(thrown as Error).message}`;
    throw new GennapeError({ kind: 'io', message });
  }
}
