import type { GennapeError } from 'gennape';

import { startSession } from '../state/session';
import { Message } from './message';

/** Says why there is no model, and offers to try again. */
export function ModelFailure({ error }: { error: GennapeError }) {
  return (
    <div class="model-failure" role="alert">
      <p>
        <Message text={error.message} />
      </p>
      <button type="button" class="chip" onClick={startSession}>
        Load the model again
      </button>
    </div>
  );
}
