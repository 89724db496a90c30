import './changes.css';
import { changeRow, changesLead } from '../format/changes';
import { areChangesSeen, areChangesStale, canTakeBack, judged, takeBack } from '../state/changes';
import { answer } from '../state/outcome';
import { useSeen } from '../state/seen';
import { ChangeTable } from './change-table';
import { Shares } from './shares';

/** What would change the number: every one-step change, or what each part of a file costs. */
export function Changes() {
  const ref = useSeen<HTMLElement>(areChangesSeen);
  const isOfFamily = answer.value === null || answer.value.text !== null;
  return (
    <section ref={ref} class="changes" aria-labelledby="changes-title">
      <div class="changes-head">
        <h2 id="changes-title" class="answer-title">
          {isOfFamily ? 'What would change it' : 'What it spends most on'}
        </h2>
        {canTakeBack.value && (
          <button type="button" class="text-button" onClick={takeBack}>
            Take the change back
          </button>
        )}
      </div>
      {isOfFamily ? <Judgement /> : <Shares />}
    </section>
  );
}

function Judgement() {
  const { value: known } = judged;
  const rows = known?.changes.map((change) => changeRow(change, known.of)) ?? [];
  const nGains = rows.filter(({ isGain }) => isGain).length;
  const isUnderWay = known === null || areChangesStale.value || known.nAsked < known.total;
  return (
    <div data-under-way={isUnderWay} class="judgement">
      <p class="answer-lead">
        {known === null
          ? 'Every one-step change of the architecture, judged and sorted.'
          : changesLead(known.nAsked, known.total, nGains)}
      </p>
      <ChangeTable rows={rows} />
    </div>
  );
}
