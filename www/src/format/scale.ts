// The scale under the predicted accuracy: a window that stays put while predictions move in it.

/** A mark on the scale. */
export interface Tick {
  /** Position, 0 to 1. */
  at: number;
  /** Percent, on the long marks alone. */
  label: string | null;
}

/** A stretch of the accuracies from 0 to 1. */
export interface Window {
  from: number;
  to: number;
}

/** Widths in whole percent, with the distance of marks and of labels. */
const RULES = [
  { width: 10, mark: 1, label: 5 },
  { width: 20, mark: 1, label: 5 },
  { width: 50, mark: 5, label: 10 },
  { width: 100, mark: 5, label: 20 },
] as const;

/** The narrowest window with room for `low` to `high`; windows start at half their width's multiples. */
export function windowFor(low: number, high: number): Window {
  for (const { width } of RULES) {
    const step = width / 2;
    const start = Math.min(Math.floor((low * 100) / step) * step, 100 - width);
    const from = Math.max(start, 0);
    if (high * 100 <= from + width) return { from: from / 100, to: (from + width) / 100 };
  }
  return { from: 0, to: 1 };
}

/** The window's marks, left to right. */
export function ticksOf({ from, to }: Window): Tick[] {
  const start = Math.round(from * 100);
  const width = Math.round(to * 100) - start;
  const rule = RULES.find((known) => known.width === width) ?? RULES[3];
  const marks: Tick[] = [];
  for (let offset = 0; offset <= width; offset += rule.mark) {
    const isLabelled = (start + offset) % rule.label === 0;
    marks.push({ at: offset / width, label: isLabelled ? String(start + offset) : null });
  }
  return marks;
}

/** Where an accuracy lies in a window, 0 to 1; what is outside stands at the end. */
export function placeIn({ from, to }: Window, accuracy: number): number {
  return Math.min(1, Math.max(0, (accuracy - from) / (to - from)));
}
