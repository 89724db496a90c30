// The editor's text as rows to lay out, and the limits of what is laid out.

import type { Spot } from './spot';

/** What the editor lays out at most; longer texts make browsers stand still. */
export const MAX_CHARACTERS = 50_000;
export const MAX_LINES = 2_000;

const BEGINNING_CHARACTERS = 2_000;
const BEGINNING_LINES = 40;

/** A line of text, cut where it is marked. */
export interface Row {
  before: string;
  marked: string | null;
  after: string;
}

/** Whether the editor can lay out all of `text`. */
export function isShort(text: string): boolean {
  return text.length <= MAX_CHARACTERS && text.split('\n', MAX_LINES + 1).length <= MAX_LINES;
}

/** The first lines of a text that is not short. */
export function beginningOf(text: string): string {
  return text.slice(0, BEGINNING_CHARACTERS).split('\n', BEGINNING_LINES).join('\n');
}

/** The lines of `text`; the one that `spot` is in is cut there. */
export function rowsOf(text: string, spot: Spot | null): Row[] {
  return text.split('\n').map((line, index) => {
    if (index !== spot?.lineIndex) return { before: line, marked: null, after: '' };
    const { start, end } = spot;
    return { before: line.slice(0, start), marked: line.slice(start, end), after: line.slice(end) };
  });
}
