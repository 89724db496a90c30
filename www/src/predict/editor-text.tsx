import { EDITOR_ID, rows, takeInput, takeLongInput } from '../state/editing';
import { isInputWrong } from '../state/outcome';
import { isHeld, shownText } from '../state/source';
import { EditorRow } from './editor-row';

/** The architecture's text. The rows behind the text area number the lines and mark the error. */
export function EditorText() {
  return (
    <div class="editor-frame">
      <div class="editor-sheet">
        <div class="editor-rows" aria-hidden="true">
          {rows.value.map((row) => (
            <EditorRow row={row} />
          ))}
        </div>
        <textarea
          id={EDITOR_ID}
          class="editor-text"
          value={shownText.value}
          readOnly={isHeld.value}
          rows={1}
          spellcheck={false}
          autocomplete="off"
          autocapitalize="off"
          aria-invalid={isInputWrong.value}
          aria-describedby="editor-status"
          onBeforeInput={takeLongInput}
          onInput={takeInput}
        />
      </div>
    </div>
  );
}
