import type { Row } from '../format/rows';

/** One line behind the text area: transparent text, so that a mark stands under the right word. */
export function EditorRow({ row }: { row: Row }) {
  return (
    <div class="editor-row">
      {row.before}
      {row.marked !== null && <mark class={row.marked === '' ? 'is-end' : ''}>{row.marked}</mark>}
      {row.after}
    </div>
  );
}
