// A list as long as Compare takes one, with any answers: what is looked at is the page. For its tests and
// for tools/bench-compare.mjs.

/**
 * From now on `worker` answers lists by counting: parameters and the rest follow from a line's number.
 * Every answer comes `pause` milliseconds late.
 */
export function answerByCounting(worker, pause = 0) {
  return worker.evaluate((pause) => {
    const post = globalThis.postMessage.bind(globalThis);
    const numbersOf = ({ id: number }) => ({
      id: number, accuracy: 0.9 + (number % 997) / 20_000, low: 0.9, high: 0.96, target: 'nb201/cifar10', family: 'nb201',
      params: 1000 + number, macs: 1e6 + ((number * 7919) % 100_003), nodes: 9, edges: 9, novelty: 0.5, notes: [],
    });
    globalThis.postMessage = (message) => {
      if (!Array.isArray(message.value)) post(message);
      else setTimeout(() => post({ ...message, value: message.value.map(numbersOf) }), pause);
    };
  }, pause);
}

/** Runs in the page: pastes a list of `count` lines, too long to be shown in the field. */
export function pasteMany(count) {
  const data = 'x\n'.repeat(count);
  const area = document.querySelector('.intake-text');
  area.dispatchEvent(new InputEvent('beforeinput', { data, bubbles: true, cancelable: true }));
}
