import { doneText, leftText, rateText } from '../format/progress';
import { cancel, progress, remark } from '../state/scoring';
import { Message } from '../predict/message';

/** How far the scoring is, with a way to stop it; or what is to be said about the list. */
export function Scoring() {
  const now = progress.value;
  if (now === null) {
    return (
      <p class="scoring-remark" role="status">
        {remark.value !== '' && <Message text={remark.value} />}
      </p>
    );
  }
  return (
    <div class="scoring">
      <progress class="progress" aria-label="Scored networks" value={now.done} max={now.total} />
      <p class="scoring-words">
        <span>{doneText(now)}</span> <span>{rateText(now)}</span> <span>{leftText(now)}</span>
      </p>
      <button type="button" class="text-button" onClick={cancel}>
        Cancel
      </button>
    </div>
  );
}
