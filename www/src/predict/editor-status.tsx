import { placeText } from '../format/place';
import { readingText } from '../format/session';
import { goToSpot, spot } from '../state/editing';
import { hasCrashed, isSlow, problem, readAs } from '../state/outcome';
import { readersProgress } from '../state/session';
import { file, isBlank } from '../state/source';
import { Crash } from './crash';
import { Message } from './message';

/** Under the editor: what is wrong and where, or what the network was read as. */
export function EditorStatus() {
  const wrong = problem.value;
  return (
    <div id="editor-status" class="editor-status" role="status">
      {wrong !== null ? (
        <p class="problem" data-line={wrong.error.line} data-column={wrong.error.column}>
          {spot.value !== null ? (
            <button type="button" class="text-button" onClick={goToSpot}>
              {placeText(wrong.error)}
            </button>
          ) : (
            <span class="problem-place">{placeText(wrong.error)}</span>
          )}
          {hasCrashed.value ? (
            <Crash message={wrong.error.message} />
          ) : (
            <Message text={wrong.error.message} />
          )}
        </p>
      ) : isBlank.value ? (
        <p>Paste an architecture, open a file, or begin with one of these.</p>
      ) : isSlow.value ? (
        <p>{readingText(readersProgress.value)}</p>
      ) : (
        readAs.value !== null && (
          <p class={file.value === null ? '' : 'visually-hidden'}>Read as {readAs.value}.</p>
        )
      )}
    </div>
  );
}
