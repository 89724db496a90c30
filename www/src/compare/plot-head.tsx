import { grouped } from '../format/number';
import { costKey, plottedTarget, targetCounts, wantedTarget, type CostKey } from '../state/standing';

const COSTS: readonly { key: CostKey; title: string }[] = [
  { key: 'macs', title: 'MACs' },
  { key: 'params', title: 'Parameters' },
];

/** What is plotted against what, and of which target. */
export function PlotHead() {
  return (
    <div class="plot-head">
      <h2 id="plot-title">Accuracy in % against</h2>
      <span class="plot-costs" role="group" aria-label="Cost">
        {COSTS.map(({ key, title }) => (
          <button
            key={key}
            type="button"
            class="chip"
            aria-pressed={costKey.value === key}
            onClick={() => {
              costKey.value = key;
            }}
          >
            {title}
          </button>
        ))}
      </span>
      {targetCounts.value.length > 1 && (
        <select
          class="plot-target"
          aria-label="Target that is plotted"
          value={plottedTarget.value ?? ''}
          onChange={({ currentTarget }) => {
            wantedTarget.value = currentTarget.value;
          }}
        >
          {targetCounts.value.map(([name, count]) => (
            <option key={name} value={name} selected={name === plottedTarget.value}>
              {name} ({grouped(count)})
            </option>
          ))}
        </select>
      )}
    </div>
  );
}
