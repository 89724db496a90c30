// Node: paths relative to the working directory, files, worker threads.

import { closeSync, fstatSync, openSync, readSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { Worker } from 'node:worker_threads';

import { download } from './download.js';
import { GennapeError } from './errors.js';
import { inMemory, type OpenFile } from './file-bytes.js';
import type { Platform, Port } from './platform.js';
import type { Progress } from './predictor.js';

/** The platform of a Node program or of a worker thread. */
export const node: Platform = {
  weights: new URL('../weights/gennape.safetensors', import.meta.url).href,
  wasm: new URL('../generated/gennape_bg.wasm', import.meta.url).href,
  readers: new URL('../generated/readers_bg.wasm', import.meta.url).href,
  locate: (written) =>
    written instanceof URL || /^[a-z]{2,}:/i.test(written)
      ? new URL(written).href
      : pathToFileURL(resolve(written)).href,
  read: (address, onProgress) =>
    address.startsWith('file:') ? readWhole(address, onProgress) : download(address, onProgress),
  open: async (address) =>
    address.startsWith('file:') ? openSlices(address) : inMemory(await download(address, () => {})),
  startWorker: () => portTo(new Worker(new URL('./worker-node.js', import.meta.url))),
};

async function readWhole(
  address: string,
  onProgress: (progress: Progress) => void,
): Promise<Uint8Array> {
  try {
    const bytes = await readFile(new URL(address));
    onProgress({ loaded: bytes.length, total: bytes.length });
    return bytes;
  } catch (thrown) {
    throw unreadable(address, thrown);
  }
}

/** A file of which only the slices that are asked for are read. */
function openSlices(address: string): OpenFile {
  try {
    const descriptor = openSync(new URL(address), 'r');
    return {
      size: fstatSync(descriptor).size,
      read: (offset, length) => {
        const slice = new Uint8Array(length);
        return slice.subarray(0, readSync(descriptor, slice, 0, length, offset));
      },
      close: () => closeSync(descriptor),
    };
  } catch (thrown) {
    throw unreadable(address, thrown);
  }
}

function unreadable(address: string, thrown: unknown): GennapeError {
  const message = `can't read ${address}: ${(thrown as Error).message}`;
  return new GennapeError({ kind: 'io', message });
}

function portTo(worker: Worker): Port {
  return {
    post: (message) => worker.postMessage(message),
    onMessage: (listener) => void worker.on('message', listener),
    onCrash: (listener) => {
      worker.on('error', (error) => listener(error.message));
      worker.on('exit', (code) => listener(`it exited with code ${code}`));
    },
    keepAlive: (busy) => (busy ? worker.ref() : worker.unref()),
    terminate: () => void worker.terminate(),
  };
}
