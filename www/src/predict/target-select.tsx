import { TargetChoice } from '../shell/target-choice';
import { target } from '../state/target';

/** Which data set and recipe the accuracy is about. */
export function TargetSelect() {
  return (
    <TargetChoice
      label="Target"
      chosen={target.value}
      onChoose={(name) => {
        target.value = name;
      }}
    />
  );
}
