import './trust.css';
import { headlineOf, nearnessOf, noveltySentence, recordSentence } from '../format/trust';
import { answer, isForeign, isGeneral, shownTarget, trustNotes } from '../state/outcome';
import { modelInfo } from '../state/session';
import { NoteList } from './note-list';

/** How far to believe the number, and the model's remarks on it. */
export function Trust() {
  const prediction = answer.value;
  if (prediction === null) return <div class="trust" />;
  const bond = isGeneral.value ? 'general' : isForeign.value ? 'foreign' : 'own';
  const isUntrained = modelInfo.value?.trained === false;
  return (
    <div class="trust" data-nearness={isUntrained ? 'untrained' : nearnessOf(prediction.novelty)}>
      <h3 class="trust-headline">
        <span class="trust-meter" aria-hidden="true">
          <span />
          <span />
          <span />
        </span>
        {isUntrained ? 'Untrained weights' : headlineOf(prediction.novelty, bond)}
      </h3>
      {!isUntrained && <p>{noveltySentence(prediction.novelty, isForeign.value)}</p>}
      {!isUntrained && shownTarget.value !== null && <p>{recordSentence(shownTarget.value)}</p>}
      {trustNotes.value.length > 0 && <NoteList notes={trustNotes.value} />}
    </div>
  );
}
