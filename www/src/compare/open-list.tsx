import { useRef } from 'preact/hooks';

import { scoreFiles } from '../state/scoring';

/** Picks lists, as dropping them anywhere on this tab does. */
export function OpenList() {
  const picker = useRef<HTMLInputElement>(null);
  return (
    <>
      <input
        ref={picker}
        type="file"
        multiple
        hidden
        aria-label="Lists of networks"
        onChange={({ currentTarget }) => {
          void scoreFiles([...(currentTarget.files ?? [])]);
          currentTarget.value = ''; // so that the same file can be picked again
        }}
      />
      <button type="button" class="text-button" onClick={() => picker.current?.click()}>
        Open a list
      </button>
    </>
  );
}
