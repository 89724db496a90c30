// What is typed or pasted as a list, before it is scored.

import { signal } from '@preact/signals';

import { isShort } from '../format/rows';
import { cellsLike } from '../format/cells';
import { RESIDUAL_POOL } from './examples';
import { scoreText } from './scoring';

/** Cells of the example. */
const N_EXAMPLE = 500;

/** The text. */
export const draft = signal('');

/** Takes what was typed. */
export function typeDraft(event: Event): void {
  draft.value = (event.currentTarget as HTMLTextAreaElement).value;
}

/** Scores a paste that is too long to lay out at once. */
export function takeLongPaste(event: InputEvent): void {
  const pasted = event.data ?? '';
  if (isShort(pasted)) return;
  event.preventDefault();
  scoreText(pasted);
}

/** Scores the text and empties it. */
export function addDraft(): void {
  if (!/\S/.test(draft.peek())) return;
  scoreText(draft.peek());
  draft.value = '';
}

/** Scores cells to look at. */
export function addExample(): void {
  scoreText(cellsLike(RESIDUAL_POOL, N_EXAMPLE).join('\n'));
}
