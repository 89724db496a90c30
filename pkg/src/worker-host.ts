// The worker's inside: a local predictor that answers messages. The same for browser and Node.

import { GennapeError } from './errors.js';
import { closed, openLocal } from './local.js';
import type { Platform } from './platform.js';
import type { Predictor } from './predictor.js';
import type { Answer, Call, Value } from './worker-protocol.js';

/** A listener for the client's messages that posts an answer to each. */
export function hostPredictor(
  platform: Platform,
  post: (answer: Answer) => void,
): (call: Call) => Promise<void> {
  let predictor: Predictor | undefined;

  async function carryOut(call: Call): Promise<Value> {
    if (call.call === 'load') {
      const onProgress = (progress: { loaded: number; total: number | undefined }) =>
        post({ progress });
      predictor = await openLocal(platform, { weights: call.weights, wasm: call.wasm, onProgress });
      return predictor.info();
    }
    if (predictor === undefined) throw closed();
    switch (call.call) {
      case 'predict':
        return predictor.predict(call.text, call.options);
      case 'predictFile':
        return predictor.predictFile(call.file, call.options);
      case 'inspect':
        return predictor.inspect(call.text, call.options);
      case 'inspectFile':
        return predictor.inspectFile(call.file, call.options);
      case 'changes':
        return predictor.changes(call.text, call.options);
      case 'predictLines':
        return predictor.predictLines(call.lines, call.options);
    }
  }

  return async (call) => {
    try {
      post({ id: call.id, value: await carryOut(call) });
    } catch (thrown) {
      post({ id: call.id, error: GennapeError.from(thrown).toJSON() });
    }
  };
}
