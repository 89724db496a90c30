import './hint.css';
import { useId } from 'preact/hooks';

import { HINTS, type Hinted } from '../format/hints';

/** A number's name; pointed at, focused or tapped, it says what the number is. Escape puts that away. */
export function Hint({ of, isAtEnd = false }: { of: Hinted; isAtEnd?: boolean }) {
  const id = useId();
  return (
    <span class={isAtEnd ? 'hint is-at-end' : 'hint'}>
      <button
        type="button"
        class="hint-name"
        aria-describedby={id}
        onKeyDown={({ key, currentTarget }) => key === 'Escape' && currentTarget.blur()}
      >
        {of}
      </button>
      <span id={id} class="hint-text" role="tooltip">
        {HINTS[of]}
      </span>
    </span>
  );
}
