// The table's rows: in which order, and which are in sight.

import { computed, signal } from '@preact/signals';
import type { Layer } from 'gennape';

import { inspection } from '../state/inspection';

/** Pixels of a row, as the style sheet has it. */
export const ROW_HEIGHT = 30;
/** Rows above and below those in sight. */
const SPARE = 12;

export const ASCENDING = 1;
const DESCENDING = -1;

/** A column by which rows can be sorted. */
export type Column = 'layer' | 'output' | 'params' | 'macs' | 'share';

/** The columns. */
export const COLUMNS: readonly { key: Column; title: string; isNumber: boolean }[] = [
  { key: 'layer', title: 'Layer', isNumber: false },
  { key: 'output', title: 'Output', isNumber: true },
  { key: 'params', title: 'Params', isNumber: true },
  { key: 'macs', title: 'MACs', isNumber: true },
  { key: 'share', title: 'Share', isNumber: true },
];

/** By what the rows are sorted; layers stand as the network has them. */
export const sorting = signal<{ key: Column; step: number }>({ key: 'layer', step: ASCENDING });

/** Sorts by a column, the largest first; a second click turns the order. */
export function sortBy(key: Column): void {
  const { value: now } = sorting;
  const first = key === 'layer' ? ASCENDING : DESCENDING;
  sorting.value = { key, step: now.key === key ? -now.step : first };
}

/** The order's name for a screen reader. */
export function sortOf(key: Column): 'ascending' | 'descending' | 'none' {
  if (sorting.value.key !== key) return 'none';
  return sorting.value.step === ASCENDING ? 'ascending' : 'descending';
}

/** The layers' positions in the table's order. */
export const rows = computed<number[]>(() => {
  const layers = inspection.value?.layers ?? [];
  const { key, step } = sorting.value;
  const all = layers.map((_, idx) => idx);
  if (key === 'layer') return step === ASCENDING ? all : all.reverse();
  return all.sort((a, b) => step * (numberOf(layers[a]!, key) - numberOf(layers[b]!, key)) || a - b);
});

function numberOf({ output, params, macs, share }: Layer, key: Exclude<Column, 'layer'>): number {
  return { output: output[0] * output[1] * output[2], params, macs, share }[key];
}

/** The largest share of any layer. */
export const largestShare = computed(() =>
  (inspection.value?.layers ?? []).reduce((most, { share }) => Math.max(most, share), 0),
);

/** How far the table is scrolled, and how high it is. */
export const scrolled = signal({ top: 0, height: 600 });

/** The rows to have in the document. */
export const rowsInSight = computed(() => {
  const { top, height } = scrolled.value;
  const first = Math.floor(top / ROW_HEIGHT / SPARE) * SPARE - SPARE;
  const count = Math.ceil(height / ROW_HEIGHT) + 3 * SPARE;
  const from = Math.max(0, Math.min(first, rows.value.length - count));
  return { from, to: Math.min(rows.value.length, from + count) };
});

/** Scrolls the table so that a layer's row is in its middle, unless it is in sight. */
export function bringIn(table: HTMLElement | null, idx: number): void {
  const place = rows.peek().indexOf(idx);
  if (table === null || place < 0) return;
  const top = place * ROW_HEIGHT;
  const { scrollTop, clientHeight } = table;
  const isInSight = top >= scrollTop && top + 3 * ROW_HEIGHT <= scrollTop + clientHeight;
  if (!isInSight) table.scrollTop = top - clientHeight / 2;
}
