import { grouped } from '../format/number';
import { clear } from '../state/editing';
import { shownText, text } from '../state/source';

/** Says that a long text is there although the editor shows its beginning alone. */
export function HeldNotice() {
  return (
    <p class="held-notice">
      <span>
        Only the first {grouped(shownText.value.length)} of {grouped(text.value.length)} characters
        are shown, and they can’t be edited here; the model reads all of them.
      </span>
      <button type="button" class="text-button" onClick={clear}>
        Clear
      </button>
    </p>
  );
}
