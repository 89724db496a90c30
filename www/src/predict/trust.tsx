import './trust.css';
import { HEADLINES, nearnessOf, noveltySentence, recordSentence } from '../format/trust';
import { answer, shownTarget } from '../state/outcome';
import { modelInfo } from '../state/session';
import { Message } from './message';

/** How far to believe the number, and the model's remarks on it. */
export function Trust() {
  const prediction = answer.value;
  if (prediction === null) return <div class="trust" />;
  const isUntrained = modelInfo.value?.trained === false;
  return (
    <div class="trust" data-nearness={isUntrained ? 'untrained' : nearnessOf(prediction.novelty)}>
      <h3 class="trust-headline">
        <span class="trust-meter" aria-hidden="true">
          <span />
          <span />
          <span />
        </span>
        {isUntrained ? 'Untrained weights' : HEADLINES[nearnessOf(prediction.novelty)]}
      </h3>
      {!isUntrained && <p>{noveltySentence(prediction.novelty)}</p>}
      {!isUntrained && shownTarget.value !== null && <p>{recordSentence(shownTarget.value)}</p>}
      {prediction.notes.length > 0 && (
        <ul class="notes">
          {prediction.notes.map(({ kind, message }) => (
            <li data-kind={kind}>
              <Message text={message} />
            </li>
          ))}
        </ul>
      )}
    </div>
  );
}
