// The library's messages (lower case, `code` in backticks, no full stop) as sentences of the page.

/** A run of plain words or of code. */
export interface Piece {
  text: string;
  isCode: boolean;
}

/** A message cut into words and code, as one sentence. */
export function piecesOf(message: string): Piece[] {
  const ended = /[.!?]$/.test(message) ? message : `${message}.`;
  return ended
    .split('`')
    .map((text, index) => ({ text: index === 0 ? capitalised(text) : text, isCode: index % 2 === 1 }))
    .filter(({ text }) => text !== '');
}

function capitalised(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
}
