import './result.css';
import { session } from '../state/session';
import { Accuracy } from './accuracy';
import { ModelFailure } from './model-failure';
import { Scale } from './scale';
import { TargetSelect } from './target-select';
import { Trust } from './trust';

/** What the model says, most important first. */
export function Result() {
  return (
    <section class="answer" aria-labelledby="result-title">
      <div class="result-head">
        <h2 id="result-title">Predicted accuracy</h2>
        <TargetSelect />
      </div>
      {session.value.phase === 'failed' ? <ModelFailure error={session.value.error} /> : <Accuracy />}
      <Scale />
      <Trust />
    </section>
  );
}
