import './compare.css';
import { TargetChoice } from '../shell/target-choice';
import { listed } from '../state/list';
import { listTarget, scoreFor, scoreFiles } from '../state/scoring';
import { takeDropsOn } from '../state/opening';
import { Difference } from './difference';
import { Intake } from './intake';
import { ListHead } from './list-head';
import { Plot } from './plot';
import { Table } from './table';

takeDropsOn('compare', {
  title: 'Drop a list to compare its networks',
  kinds: 'Lines of text, JSON Lines or CSV, packed by gzip or not; up to 100,000 networks',
  take: (files) => void scoreFiles([...files]),
});

/** Many networks side by side. */
export function Compare() {
  return (
    <div class="compare">
      <div class="compare-head">
        <h1>Which of these networks?</h1>
        <TargetChoice label="Score for" chosen={listTarget.value} onChoose={scoreFor} />
        <p class="lead">
          Up to 100,000 networks, scored and sorted; the front shows those that no other beats in both
          accuracy and cost.
        </p>
      </div>
      <Intake />
      {listed.value.length > 0 && (
        <div class="compare-sight">
          <Plot />
          <Difference />
        </div>
      )}
      <ListHead />
      {listed.value.length > 0 && <Table />}
    </div>
  );
}
