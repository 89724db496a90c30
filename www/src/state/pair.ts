// The networks that stand side by side: those chosen, filled up with the one that is pointed at.

import { computed } from '@preact/signals';

import { listed, type Row } from './list';
import { chosen, current } from './standing';

/** One of them. */
export interface Side {
  index: number;
  row: Row;
}

/** Two networks, one, or none. */
export const pair = computed<{ first: Side | null; second: Side | null }>(() => {
  const { value: now } = current;
  const extra = now === null || chosen.value.includes(now) ? [] : [now];
  const [first, second] = [...chosen.value, ...extra].map(sideOf);
  return { first: first ?? null, second: second ?? null };
});

function sideOf(index: number): Side | null {
  const row = listed.value[index];
  return row === undefined ? null : { index, row };
}
