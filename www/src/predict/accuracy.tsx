import { percent } from '../format/number';
import { answer, isSlow, isStale, shownAbout } from '../state/outcome';
import { PinButton } from './pin-button';

/** The number, what it is about, and a way to keep it. */
export function Accuracy() {
  const { accuracy, target } = answer.value ?? {};
  return (
    <div class="accuracy">
      <p class="accuracy-number" data-accuracy={accuracy} data-target={target}>
        {accuracy === undefined ? '–' : percent(accuracy)}
        {accuracy !== undefined && <span class="accuracy-sign">%</span>}
      </p>
      {isStale.value && (
        <p class="accuracy-stale">{isSlow.value ? 'Of the one before' : 'Of the last one read'}</p>
      )}
      <div class="accuracy-foot">
        <p class="accuracy-about">{shownAbout.value ?? 'On the data set of its family'}</p>
        <PinButton />
      </div>
    </div>
  );
}
