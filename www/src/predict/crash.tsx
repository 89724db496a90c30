import { crashSentence } from '../format/crash';
import { askOnceMore } from '../state/asking';
import { Message } from './message';

/** After a crash: what happened, what became of the model, and a second try with the same network. */
export function Crash({ message }: { message: string }) {
  return (
    <>
      <Message text={crashSentence(message)} />
      <button type="button" class="text-button" onClick={askOnceMore}>
        Ask once more
      </button>
    </>
  );
}
