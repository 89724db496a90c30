import type { Note } from 'gennape';

import { Message } from './message';

/** Remarks on a prediction, one a line. */
export function NoteList({ notes }: { notes: readonly Note[] }) {
  return (
    <ul class="notes">
      {notes.map(({ kind, message }) => (
        <li data-kind={kind}>
          <Message text={message} />
        </li>
      ))}
    </ul>
  );
}
