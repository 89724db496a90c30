// Where an error's line and column lie in the editor's text.

/** A stretch of one line, in UTF-16 units; empty at the line's end. */
export interface Spot {
  /** From 0. */
  lineIndex: number;
  start: number;
  end: number;
}

/** The word or sign at `line` and `column` (both from 1, columns in characters). */
export function spotOf(text: string, line: number, column: number): Spot {
  const lines = text.split('\n');
  const lineIndex = Math.min(line, lines.length) - 1;
  const content = lines[lineIndex] ?? '';
  const before = Array.from(content).slice(0, column - 1).join('');
  const word = /^(?:[\w.+-]+|.)/u.exec(content.slice(before.length))?.[0] ?? '';
  return { lineIndex, start: before.length, end: before.length + word.length };
}

/** The spot's offset in the whole text. */
export function offsetOf(text: string, spot: Spot): number {
  const before = text.split('\n').slice(0, spot.lineIndex);
  return before.reduce((sum, line) => sum + line.length + 1, spot.start);
}
