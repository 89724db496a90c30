// What happens in the editor: typing, pasting without ever laying out too much, going to an error.

import { computed } from '@preact/signals';

import { isShort, rowsOf } from '../format/rows';
import { offsetOf, spotOf, type Spot } from '../format/spot';
import { problem } from './outcome';
import { file, input, isHeld, shownText, takeText, text } from './source';

/** The place of the error, while the text is still the one it was found in. */
export const spot = computed<Spot | null>(() => {
  if (problem.value === null || problem.value.input !== input.value || isHeld.value) return null;
  if (file.value !== null) return null;
  const { line, column } = problem.value.error;
  if (line === undefined || column === undefined) return null;
  return spotOf(text.value, line, column);
});

/** The editor's lines, with the marked place. */
export const rows = computed(() => rowsOf(shownText.value, spot.value));

/** Takes a paste or drop that the editor could not lay out in time; the others go their way. */
export function takeLongInput(event: InputEvent): void {
  const pasted = event.data ?? '';
  if (isShort(pasted)) return;
  event.preventDefault();
  const { value, selectionStart, selectionEnd } = event.currentTarget as HTMLTextAreaElement;
  text.value = value.slice(0, selectionStart) + pasted + value.slice(selectionEnd);
}

/** Takes what was typed. */
export function takeInput(event: Event): void {
  if (!isHeld.peek()) text.value = (event.currentTarget as HTMLTextAreaElement).value;
}

/** Empties the editor. */
export function clear(): void {
  text.value = '';
  editor()?.focus();
}

/** Gives the editor back what the file stood in the place of. */
export function removeFile(): void {
  takeText(text.peek());
  requestAnimationFrame(() => editor()?.focus());
}

/** Puts the caret at the error. */
export function goToSpot(): void {
  const area = editor();
  if (spot.value === null || area === null) return;
  const { start, end } = spot.value;
  const offset = offsetOf(text.value, spot.value);
  area.focus();
  area.setSelectionRange(offset, offset + end - start);
}

/** The text area's id, for its label and for the functions above. */
export const EDITOR_ID = 'architecture';

function editor(): HTMLTextAreaElement | null {
  return document.getElementById(EDITOR_ID) as HTMLTextAreaElement | null;
}
