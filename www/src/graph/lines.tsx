import { useComputed } from '@preact/signals';

import { selected } from '../state/selection';
import { pathOf } from './appearance';
import { drawing } from './drawn';
import { hovered } from './state';

/** All lines as one path, and those of the item pointed at or chosen above them. */
export function Lines() {
  const all = useComputed(() => (drawing.value?.lines ?? []).map(pathOf).join(''));
  const own = useComputed(() => {
    const item = hovered.value ?? selected.value;
    const lines = item === null ? [] : (drawing.value?.lines ?? []);
    return lines.filter(({ from, to }) => from === item || to === item).map(pathOf).join('');
  });
  return (
    <>
      <path class="lines" d={all.value} />
      {own.value !== '' && <path class="lines is-own" d={own.value} />}
    </>
  );
}
