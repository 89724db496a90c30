// What the plot of the comparison shows, and the walk over it.

import { computed } from '@preact/signals';

import { linearAxis, logAxis, type Axis } from '../format/axis';
import { listed } from './list';
import { costKey, current, front, plotted } from './standing';

/** Axes that hold all plotted points. */
export interface Frame {
  cost: Axis;
  accuracy: Axis;
}

const N_TICKS = 5;

/** The plot's axes, or null where nothing is plotted. */
export const frame = computed<Frame | null>(() => {
  const rows = listed.value;
  if (plotted.value.length === 0) return null;
  const costs = rangeOf(plotted.value.map((index) => rows[index]![costKey.value]));
  const accuracies = rangeOf(plotted.value.map((index) => rows[index]!.accuracy));
  return { cost: logAxis(...costs), accuracy: linearAxis(...accuracies, N_TICKS) };
});

/** Walks along the front: `steps` to the dearer networks, from the cheapest where one is not on it. */
export function walkFront(steps: number): void {
  const { value: indices } = front;
  if (indices.length === 0) return;
  const at = current.peek() === null ? -1 : indices.indexOf(current.peek()!);
  const to = at === -1 ? 0 : Math.max(0, Math.min(indices.length - 1, at + steps));
  current.value = indices[to]!;
}

function rangeOf(values: readonly number[]): [number, number] {
  let low = Infinity;
  let high = -Infinity;
  for (const value of values) {
    if (value < low) low = value;
    if (value > high) high = value;
  }
  return [low, high];
}
