// The network to predict: a text, as typed, pasted, picked or brought by a link, or a file.

import { computed, signal } from '@preact/signals';

import { linkTo, readLink } from '../format/link';
import { beginningOf, isShort } from '../format/rows';
import { RESIDUAL_POOL } from './examples';
import { forgetSize } from './size';
import { target } from './target';

/** The text in the editor; it waits while there is a file. */
export const text = signal(RESIDUAL_POOL);

/** The file that stands in the text's place. */
export const file = signal<File | null>(null);

/** What is asked about. */
export const input = computed<string | File>(() => file.value ?? text.value);

/** Whether the text is too long to lay out: then it is held and predicted, and its beginning shown. */
export const isHeld = computed(() => !isShort(text.value));

/** What the editor lays out. */
export const shownText = computed(() => (isHeld.value ? beginningOf(text.value) : text.value));

/** Whether there is nothing to ask about. */
export const isBlank = computed(() => file.value === null && !/\S/.test(text.value));

/** Puts a text in the place of all that was there. */
export function takeText(taken: string): void {
  forgetSize();
  file.value = null;
  text.value = taken;
}

/** Puts a file in the text's place. */
export function takeFile(taken: File): void {
  forgetSize();
  file.value = taken;
}

/**
 * Takes text and target from the address's hash, at the start and when a link is opened here; not
 * again when something else in the address changes.
 */
export function followLinks(): void {
  let followed = '';
  const follow = () => {
    const link = readLink(location.hash);
    if (link === null || linkTo(link) === followed) return;
    followed = linkTo(link);
    takeText(link.text);
    target.value = link.target;
  };
  follow();
  addEventListener('hashchange', follow);
}
