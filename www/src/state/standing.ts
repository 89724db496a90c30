// How the compared networks stand: sorted, on the Pareto front, chosen, pointed at.

import { computed, signal } from '@preact/signals';

import { listed, type Row } from './list';

/** What rows are sorted by. */
export type Key = 'name' | 'accuracy' | 'target' | 'params' | 'macs' | 'novelty';

/** What a network costs. */
export type CostKey = 'macs' | 'params';

/** The sorting; names and targets rise, numbers fall, until one asks for the other way. */
export const sorting = signal<{ key: Key; isFalling: boolean }>({ key: 'accuracy', isFalling: true });

/** What the plot sets the accuracy against. */
export const costKey = signal<CostKey>('macs');

/** The target that a person wants plotted, where there are several. */
export const wantedTarget = signal<string | null>(null);

/** Index of the row that is pointed at or walked to, or null. */
export const current = signal<number | null>(null);

/** Indices of the rows that are set against each other: at most two, the older first. */
export const chosen = signal<readonly number[]>([]);

/** Sorts by a column, or the other way round. */
export function sortBy(key: Key): void {
  const now = sorting.peek();
  const isText = key === 'name' || key === 'target';
  sorting.value = { key, isFalling: now.key === key ? !now.isFalling : !isText };
}

/** Indices of all rows, sorted. */
export const order = computed<Uint32Array>(() => {
  const { key, isFalling } = sorting.value;
  const rows = listed.value;
  const indices = Uint32Array.from(rows.keys());
  const sign = isFalling ? -1 : 1;
  if (key === 'name' || key === 'target') {
    const collator = new Intl.Collator('en', { numeric: true });
    return indices.sort((a, b) => sign * collator.compare(rows[a]![key], rows[b]![key]) || a - b);
  }
  const values = Float64Array.from(rows, (row) => row[key]);
  return indices.sort((a, b) => sign * (values[a]! - values[b]!) || a - b);
});

/** How many rows each target has, most first. */
export const targetCounts = computed<[string, number][]>(() => {
  const counts = new Map<string, number>();
  for (const { target } of listed.value) counts.set(target, (counts.get(target) ?? 0) + 1);
  return [...counts].sort(([, a], [, b]) => b - a);
});

/** The target whose rows are plotted: accuracies of different targets are not comparable. */
export const plottedTarget = computed<string | null>(() => {
  const names = targetCounts.value.map(([name]) => name);
  return names.find((name) => name === wantedTarget.value) ?? names[0] ?? null;
});

/** Indices of the rows that are plotted. */
export const plotted = computed<number[]>(() => {
  const rows = listed.value;
  const target = plottedTarget.value;
  return [...rows.keys()].filter((index) => rows[index]!.target === target);
});

/** Indices of the rows that no other beats in both accuracy and cost, cheapest first. */
export const front = computed<number[]>(() => frontOf(listed.value, plotted.value, costKey.value));

/** The same, to look up. */
export const onFront = computed<ReadonlySet<number>>(() => new Set(front.value));

/** Chooses a row, or no longer. */
export function choose(index: number): void {
  const now = chosen.peek();
  chosen.value = now.includes(index)
    ? now.filter((other) => other !== index)
    : [...now.slice(-1), index];
}

/** Forgets what is pointed at and chosen: the rows are others now. */
export function forgetStanding(): void {
  current.value = null;
  chosen.value = [];
}

function frontOf(rows: readonly Row[], indices: readonly number[], key: CostKey): number[] {
  const byCost = [...indices].sort(
    (a, b) => rows[a]![key] - rows[b]![key] || rows[b]!.accuracy - rows[a]!.accuracy || a - b,
  );
  let best = -Infinity;
  return byCost.filter((index) => {
    const { accuracy } = rows[index]!;
    if (accuracy <= best) return false;
    best = accuracy;
    return true;
  });
}
