import { copyLink, said } from '../state/sharing';
import { isBlank, isHeld } from '../state/source';

/** Copies a link that brings this text and target back. */
export function ShareButton() {
  return (
    <span class="share">
      <span role="status">{said}</span>
      <button
        type="button"
        class="text-button"
        disabled={isBlank.value || isHeld.value}
        onClick={copyLink}
      >
        Copy link
      </button>
    </span>
  );
}
