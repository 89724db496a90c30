import { fault, name, progress, said, table, adapt, takeFiles } from '../state/adapting';
import { Message } from '../predict/message';
import { PickButton } from '../shell/pick-button';
import { Learning } from './learning';

const ID = 'measured';

/** The measured networks, and the button that learns from them. */
export function Measure() {
  const wrong = fault.value;
  return (
    <form
      class="measure"
      onSubmit={(event) => {
        event.preventDefault();
        void adapt();
      }}
    >
      <div class="measure-head">
        <label for={ID}>Measured networks</label>
        <PickButton
          name="Measured networks, or a saved target"
          words="Open a table or a saved target"
          take={(files) => void takeFiles(files)}
        />
      </div>
      <textarea
        id={ID}
        class="measure-text"
        rows={9}
        value={table.value}
        placeholder={'architecture, accuracy\none network a line, or a table with these columns, or records'}
        spellcheck={false}
        autocomplete="off"
        autocapitalize="off"
        aria-describedby="measure-status"
        onInput={({ currentTarget }) => {
          table.value = currentTarget.value;
        }}
      />
      <div class="measure-foot">
        <label>
          Measured on{' '}
          <input
            class="field measure-name"
            value={name.value}
            size={12}
            autocomplete="off"
            spellcheck={false}
            onInput={({ currentTarget }) => {
              name.value = currentTarget.value;
            }}
          />
        </label>
        <button class="chip" type="submit" disabled={!/\S/.test(table.value) || progress.value !== null}>
          Adapt
        </button>
        {progress.value !== null && <Learning now={progress.value} />}
      </div>
      <div id="measure-status" class="measure-status" role="status">
        {wrong !== null ? (
          <p class="problem">
            {wrong.line !== null && <span class="problem-place">Line {wrong.line}</span>}{' '}
            <Message text={wrong.message} />
          </p>
        ) : (
          said.value
        )}
      </div>
    </form>
  );
}
