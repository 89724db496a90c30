// The architecture's text, as typed, pasted, picked or brought by a link.

import { computed, signal } from '@preact/signals';

import { readLink } from '../format/link';
import { beginningOf, isShort } from '../format/rows';
import { RESIDUAL_POOL } from './examples';
import { target } from './target';

/** The text to predict. */
export const text = signal(RESIDUAL_POOL);

/** Whether the text is too long to lay out: then it is held and predicted, and its beginning shown. */
export const isHeld = computed(() => !isShort(text.value));

/** What the editor lays out. */
export const shownText = computed(() => (isHeld.value ? beginningOf(text.value) : text.value));

/** Whether there is nothing to ask about. */
export const isBlank = computed(() => !/\S/.test(text.value));

/** Takes text and target from the address's hash, at the start and when a link is opened here. */
export function followLinks(): void {
  const follow = () => {
    const link = readLink(location.hash);
    if (link === null) return;
    text.value = link.text;
    target.value = link.target;
  };
  follow();
  addEventListener('hashchange', follow);
}
