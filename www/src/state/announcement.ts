// What a screen reader is told: the outcome, once typing has come to rest.

import { effect, signal } from '@preact/signals';

import { percent } from '../format/number';
import { answer, isStale, shownAbout } from './outcome';

const REST_MS = 800;

/** The sentence in the page's live region. */
export const announcement = signal('');

/** Starts to announce. Problems are announced by their own live region, beside the editor. */
export function keepAnnouncing(): void {
  let timer: ReturnType<typeof setTimeout> | undefined;
  effect(() => {
    clearTimeout(timer);
    const { value: prediction } = answer;
    if (prediction === null || isStale.value) return;
    const sentence = `Predicted accuracy ${percent(prediction.accuracy)} percent, ${shownAbout.value}`;
    timer = setTimeout(() => {
      announcement.value = sentence;
    }, REST_MS);
  });
}
