import { downloadText, modelText } from '../format/session';
import { session } from '../state/session';

/** How far the model is; while it arrives, the header's hairline fills. */
export function ModelStatus() {
  const now = session.value;
  return (
    <>
      <p class="header-status" role="status">
        {modelText(now)}
      </p>
      <p class="header-bytes" data-testid="bytes">
        {downloadText(now)}
      </p>
      {now.phase === 'loading' && (
        <progress
          class="header-progress"
          aria-label="Model download"
          value={now.total === undefined ? undefined : now.loaded}
          max={now.total}
        />
      )}
    </>
  );
}
