// The script of the Web Worker.

import { browser } from './browser.js';
import { hostPredictor } from './worker-host.js';

const answer = hostPredictor(browser, (message) => globalThis.postMessage(message));
globalThis.addEventListener('message', (event: MessageEvent) => void answer(event.data));
