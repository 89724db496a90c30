import { useRef } from 'preact/hooks';

import { openFiles } from '../state/opening';

/** Picks a file, as dropping one anywhere on the page does. */
export function OpenButton() {
  const picker = useRef<HTMLInputElement>(null);
  return (
    <>
      <input
        ref={picker}
        type="file"
        hidden
        aria-label="File with a network"
        onChange={({ currentTarget }) => {
          if (currentTarget.files !== null) void openFiles(currentTarget.files);
          currentTarget.value = ''; // so that the same file can be picked again
        }}
      />
      <button type="button" class="text-button" onClick={() => picker.current?.click()}>
        Open a file
      </button>
    </>
  );
}
