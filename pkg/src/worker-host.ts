// The worker's inside: a local predictor that answers messages. The same for browser and Node.

import type { AdaptProgress, Adaptation } from './adaptation.js';
import { GennapeError } from './errors.js';
import { closed, openLocal } from './local.js';
import type { Platform } from './platform.js';
import type { Predictor, Progress } from './predictor.js';
import type { AdaptCall, Answer, Call, Value } from './worker-protocol.js';

/** A listener for the client's messages that posts an answer to each. */
export function hostPredictor(
  platform: Platform,
  post: (answer: Answer) => void,
): (call: Call) => Promise<void> {
  let predictor: Predictor | undefined;
  const underWay = new Map<number, AbortController>();

  async function carryOut(call: Call): Promise<Value> {
    if (call.call === 'load') {
      const { weights, wasm, readers } = call;
      const onProgress = (progress: Progress) => post({ progress });
      const onReaders = (progress: Progress) => post({ readers: progress });
      predictor = await openLocal(platform, { weights, wasm, readers, onProgress, onReaders });
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
      case 'adapt':
        return adapt(predictor, call);
      case 'abort':
        // the client has the caller's reason and tells that one
        underWay.get(call.of)?.abort(closed());
        return undefined;
      case 'addAdapted':
        return predictor.addAdapted(call.bytes);
      case 'sample':
        return predictor.sample(call.family, call.seed);
    }
  }

  /** Learns, telling each step; `abort` with the call's number ends it. */
  async function adapt(predictor: Predictor, call: AdaptCall): Promise<Adaptation> {
    const { id, records, dataset, date } = call;
    const onProgress = (step: AdaptProgress) => post({ id, step });
    const controller = new AbortController();
    underWay.set(id, controller);
    try {
      return await predictor.adapt(records, { dataset, date, onProgress, signal: controller.signal });
    } finally {
      underWay.delete(id);
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
