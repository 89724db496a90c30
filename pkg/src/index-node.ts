// The package in Node: what index.ts is in a browser.

import { creatorOn } from './create.js';
import { node } from './node.js';

/** Loads the weights and gives a predictor, by default in a worker thread. */
export const createPredictor = creatorOn(node);

export * from './face.js';
