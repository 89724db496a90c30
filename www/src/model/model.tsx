import './model.css';
import { Limits } from './limits';
import { Sources } from './sources';
import { Targets } from './targets';
import { Weights } from './weights';

/** The model card: what the numbers rest on, and what they can't tell. */
export function Model() {
  return (
    <div class="model">
      <h1>What stands behind the number</h1>
      <p class="lead">
        gennape learned from networks that others trained and measured. It never sees an image: a
        network’s graph of operators is all it looks at.
      </p>
      <Targets />
      <Limits />
      <Sources />
      <Weights />
    </div>
  );
}
