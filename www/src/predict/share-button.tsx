import { copyLink, said } from '../state/sharing';
import { file, isBlank, isHeld } from '../state/source';

/** Copies a link that brings this text and target back; a file never goes into an address. */
export function ShareButton() {
  return (
    <span class="share">
      <span role="status">{said}</span>
      <button
        type="button"
        class="text-button"
        disabled={isBlank.value || isHeld.value || file.value !== null}
        onClick={copyLink}
      >
        Copy link
      </button>
    </span>
  );
}
