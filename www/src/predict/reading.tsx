import './reading.css';
import { readingNotes } from '../state/outcome';
import { NoteList } from './note-list';

/** What the reader assumed, left out or did not know; nothing where there is no such thing. */
export function Reading() {
  const { value: notes } = readingNotes;
  if (notes.length === 0) return null;
  return (
    <details class="reading">
      <summary>
        What was assumed in reading it <span class="reading-count">{notes.length}</span>
      </summary>
      <NoteList notes={notes} />
    </details>
  );
}
