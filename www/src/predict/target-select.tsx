import { modelInfo } from '../state/session';
import { AUTO, target } from '../state/target';
import { optionsOf } from '../format/targets';

/** Which data set and recipe the accuracy is about. */
export function TargetSelect() {
  return (
    <label class="target">
      <span class="target-label">Target</span>
      <select
        value={target.value}
        onChange={(event) => {
          target.value = event.currentTarget.value;
        }}
      >
        <option value={AUTO} selected={target.value === AUTO}>
          Automatic, by family
        </option>
        {optionsOf(modelInfo.value, target.value).map(({ value, title }) => (
          <option value={value} selected={target.value === value}>
            {title}
          </option>
        ))}
      </select>
    </label>
  );
}
