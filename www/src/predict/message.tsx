import { piecesOf } from '../format/message';

/** A message of the library, its code in code type. */
export function Message({ text }: { text: string }) {
  return (
    <span>
      {piecesOf(text).map(({ text: piece, isCode }) => (isCode ? <code>{piece}</code> : piece))}
    </span>
  );
}
