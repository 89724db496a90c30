// Pinning: the network on Predict goes onto the list of Compare.

import { signal } from '@preact/signals';

import { listed } from './list';
import { answer, readAs } from './outcome';
import { pin } from './scoring';
import { file, input } from './source';

const SAID_FOR_MS = 4_000;

/** What came of the last click, for a few seconds. */
export const pinned = signal('');

/** Puts the network that is predicted now on the list. */
export function pinNow(): void {
  if (answer.peek() === null) return;
  const number = listed.peek().length + 1;
  const what = file.peek()?.name ?? readAs.peek() ?? 'Network';
  pin(input.peek(), `${what} (${number})`, answer.peek()!);
  pinned.value = number === 1 ? 'Pinned' : `Pinned, ${number} in all`;
  setTimeout(() => {
    pinned.value = '';
  }, SAID_FOR_MS);
}
