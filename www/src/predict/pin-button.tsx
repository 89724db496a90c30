import { pinNow, pinned } from '../state/pinning';
import { answer, isStale } from '../state/outcome';

/** Puts the predicted network on the list of Compare. */
export function PinButton() {
  return (
    <span class="pin">
      <span role="status">{pinned}</span>
      <button type="button" class="text-button" disabled={answer.value === null || isStale.value} onClick={pinNow}>
        Pin to compare
      </button>
    </span>
  );
}
