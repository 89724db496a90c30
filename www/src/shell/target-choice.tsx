import './target-choice.css';
import { groupsOf } from '../format/targets';
import { modelInfo } from '../state/session';
import { AUTO } from '../state/target';

interface Props {
  label: string;
  chosen: string;
  onChoose(name: string): void;
}

/** A choice among the model's targets, by family. */
export function TargetChoice({ label, chosen, onChoose }: Props) {
  return (
    <label class="target">
      <span class="target-label">{label}</span>
      <select value={chosen} onChange={(event) => onChoose(event.currentTarget.value)}>
        <option value={AUTO} selected={chosen === AUTO}>
          Automatic, by family
        </option>
        {groupsOf(modelInfo.value, chosen).map(({ title: family, options }) => (
          <optgroup label={family}>
            {options.map(({ value, title }) => (
              <option value={value} selected={chosen === value}>
                {title}
              </option>
            ))}
          </optgroup>
        ))}
      </select>
    </label>
  );
}
