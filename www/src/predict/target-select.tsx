import { groupsOf } from '../format/targets';
import { modelInfo } from '../state/session';
import { AUTO, target } from '../state/target';

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
        {groupsOf(modelInfo.value, target.value).map(({ title: family, options }) => (
          <optgroup label={family}>
            {options.map(({ value, title }) => (
              <option value={value} selected={target.value === value}>
                {title}
              </option>
            ))}
          </optgroup>
        ))}
      </select>
    </label>
  );
}
