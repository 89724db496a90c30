import type { AdaptProgress } from 'gennape';

import { cancel } from '../state/adapting';

/** How far the learning is, with a way to stop it. */
export function Learning({ now }: { now: AdaptProgress }) {
  return (
    <div class="learning">
      <progress class="progress" aria-label="Adaptation" value={now.done} max={now.total} />
      <span class="learning-words">{now.what}</span>
      <button type="button" class="text-button" onClick={cancel}>
        Cancel
      </button>
    </div>
  );
}
