// createPredictor for any platform: places are resolved here, on the calling thread, so that a
// relative address or path means what the caller meant.

import { GennapeError } from './errors.js';
import { located } from './file-bytes.js';
import { openLocal } from './local.js';
import type { Platform } from './platform.js';
import type { CreateOptions, Predictor } from './predictor.js';
import { openInWorker } from './worker-client.js';

/** The `createPredictor` of one platform. */
export function creatorOn(platform: Platform): (options?: CreateOptions) => Promise<Predictor> {
  return async (options = {}) => {
    const { weights, worker = true, wasm, readers } = options;
    const request = {
      weights: located(platform, weights ?? platform.weights),
      wasm: located(platform, wasm ?? platform.wasm),
      readers: located(platform, readers ?? platform.readers),
      onProgress: options.onProgress ?? (() => {}),
      onReaders: options.onReaders ?? (() => {}),
    };
    try {
      return await (worker ? openInWorker(platform, request) : openLocal(platform, request));
    } catch (thrown) {
      throw GennapeError.from(thrown);
    }
  };
}
