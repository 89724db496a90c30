import './intake.css';
import { modelInfo } from '../state/session';
import { draft, addDraft, addExample, takeLongPaste, typeDraft } from '../state/draft';
import { scoreFiles } from '../state/scoring';
import { PickButton } from '../shell/pick-button';
import { Scoring } from './scoring';

const ID = 'list-draft';

/** Where networks come in: pasted, typed, picked; dropped anywhere. */
export function Intake() {
  return (
    <div class="intake">
      <div class="intake-head">
        <label for={ID}>Networks, one a line</label>
        <span class="intake-tools">
          <PickButton
            name="Lists of networks"
            words="Open a list"
            isMany
            take={(files) => void scoreFiles(files)}
          />
          <button type="button" class="text-button" disabled={modelInfo.value === null} onClick={addExample}>
            Try 500 cells
          </button>
        </span>
      </div>
      <textarea
        id={ID}
        class="intake-text"
        rows={3}
        value={draft.value}
        placeholder="Paste texts, JSON Lines or CSV with a column “arch”; or pin networks on Predict"
        spellcheck={false}
        autocomplete="off"
        autocapitalize="off"
        onBeforeInput={takeLongPaste}
        onInput={typeDraft}
        onKeyDown={(event) => {
          if (event.key === 'Enter' && (event.ctrlKey || event.metaKey)) addDraft();
        }}
      />
      <div class="intake-foot">
        <button type="button" class="chip" disabled={!/\S/.test(draft.value)} onClick={addDraft}>
          Add to the list
        </button>
        <Scoring />
      </div>
    </div>
  );
}
