// The script of the worker thread in Node.

import { parentPort } from 'node:worker_threads';

import { node } from './node.js';
import { hostPredictor } from './worker-host.js';

const answer = hostPredictor(node, (message) => parentPort?.postMessage(message));
parentPort?.on('message', (call) => void answer(call));
