import { weightFacts } from '../format/card';
import { modelInfo } from '../state/session';

/** What the weights' file says of itself. */
export function Weights() {
  return (
    <section class="card" aria-labelledby="weights-title">
      <h2 id="weights-title">The weights</h2>
      <dl class="weight-facts">
        {weightFacts(modelInfo.value).map(({ name, value }) => (
          <div key={name}>
            <dt>{name}</dt>
            <dd>{value}</dd>
          </div>
        ))}
      </dl>
    </section>
  );
}
