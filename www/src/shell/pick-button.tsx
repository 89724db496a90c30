import { useRef } from 'preact/hooks';

interface Picked {
  /** What is picked, for those who can't see the button's words. */
  name: string;
  words: string;
  isMany?: boolean;
  take: (files: File[]) => void;
}

/** Picks files, as dropping them anywhere on the tab does. */
export function PickButton({ name, words, isMany = false, take }: Picked) {
  const picker = useRef<HTMLInputElement>(null);
  return (
    <>
      <input
        ref={picker}
        type="file"
        multiple={isMany}
        hidden
        aria-label={name}
        onChange={({ currentTarget }) => {
          take([...(currentTarget.files ?? [])]);
          currentTarget.value = ''; // so that the same file can be picked again
        }}
      />
      <button type="button" class="text-button" onClick={() => picker.current?.click()}>
        {words}
      </button>
    </>
  );
}
