// The size of the image, for networks that leave it open. It is asked for once the typing rests: half
// a number is a size too.

import { signal } from '@preact/signals';

const REST_MS = 300;

/** Whether the network leaves its image's size open, so that the field is shown. */
export const isSizeOpen = signal(false);

/** What stands in the field. */
export const typedSize = signal('');

/** The size that predictions are made for; empty for the default. */
export const inputSize = signal('');

let timer: ReturnType<typeof setTimeout> | undefined;

/** Takes what was typed, soon. */
export function typeSize(typed: string): void {
  typedSize.value = typed;
  clearTimeout(timer);
  timer = setTimeout(applySize, REST_MS);
}

/** Takes what was typed, now. */
export function applySize(): void {
  clearTimeout(timer);
  inputSize.value = typedSize.value.trim();
}

/** Back to the default, for another network. */
export function forgetSize(): void {
  clearTimeout(timer);
  isSizeOpen.value = false;
  typedSize.value = '';
  inputSize.value = '';
}
