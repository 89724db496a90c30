// The package in a browser. In Node, package.json leads to index-node.ts instead: the same face.

import { browser } from './browser.js';
import { creatorOn } from './create.js';

/** Loads the weights and gives a predictor, by default in a Web Worker. */
export const createPredictor = creatorOn(browser);

export * from './face.js';
