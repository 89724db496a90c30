import { useRef } from 'preact/hooks';

import { takeFiles } from '../state/adapting';

/** Picks a table or a saved target, as dropping one anywhere on this tab does. */
export function OpenTable() {
  const picker = useRef<HTMLInputElement>(null);
  return (
    <>
      <input
        ref={picker}
        type="file"
        hidden
        aria-label="Measured networks, or a saved target"
        onChange={({ currentTarget }) => {
          void takeFiles([...(currentTarget.files ?? [])]);
          currentTarget.value = ''; // so that the same file can be picked again
        }}
      />
      <button type="button" class="text-button" onClick={() => picker.current?.click()}>
        Open a table or a saved target
      </button>
    </>
  );
}
