// The browser: addresses relative to the page, fetch, Web Worker. The four `new URL(...)` are
// written so that bundlers see them and take the files along.

import { download } from './download.js';
import { inMemory } from './file-bytes.js';
import type { Platform, Port } from './platform.js';

/** The platform of a page or of a Web Worker. */
export const browser: Platform = {
  weights: new URL('../weights/gennape.safetensors', import.meta.url).href,
  wasm: new URL('../generated/gennape_bg.wasm', import.meta.url).href,
  readers: new URL('../generated/readers_bg.wasm', import.meta.url).href,
  locate: (written) => new URL(written, globalThis.document?.baseURI ?? location.href).href,
  read: download,
  open: async (address) => inMemory(await download(address, () => {})),
  startWorker: () =>
    portTo(new Worker(new URL('./worker.js', import.meta.url), { type: 'module' })),
};

function portTo(worker: Worker): Port {
  return {
    post: (message) => worker.postMessage(message),
    onMessage: (listener) => {
      worker.addEventListener('message', (event) => listener(event.data));
    },
    onCrash: (listener) => {
      worker.addEventListener('error', (event) =>
        listener(event.message || 'its script could not be loaded'),
      );
    },
    keepAlive: () => {},
    terminate: () => worker.terminate(),
  };
}
