// Layers sought by name or operator.

import { computed, effect, signal } from '@preact/signals';

import { wordsOf } from '../format/op';
import { inspection } from '../state/inspection';
import { select } from '../state/selection';
import { isGroup } from './outline';
import { outline } from './state';

/** What is sought. */
export const query = signal('');

/** The layers that it fits. */
export const found = computed<number[]>(() => {
  const wanted = query.value.trim().toLowerCase();
  if (wanted === '') return [];
  const fits = (text: string) => text.toLowerCase().includes(wanted);
  return (inspection.value?.layers ?? []).flatMap(({ name, op }, idx) =>
    fits(name) || fits(op) || fits(wordsOf(op)) ? [idx] : [],
  );
});

/** Which of them was shown last. */
export const place = signal(-1);

/** The found layers, and the closed groups around them. */
const marked = computed<ReadonlySet<number>>(() => {
  const { value: of } = outline;
  const all = new Set(found.value);
  if (of === null) return all;
  for (const layer of found.value) {
    for (let at = of.parents[layer]!; isGroup(of, at) && !all.has(at); at = of.parents[at]!) all.add(at);
  }
  return all;
});

/** Whether an item is, or holds, a found layer. */
export function isFound(item: number): boolean {
  return marked.value.has(item);
}

/** Shows the next found layer, or the one before. */
export function showNext(step: 1 | -1): void {
  const { value: all } = found;
  if (all.length === 0) return;
  const next = (place.peek() + step + all.length) % all.length;
  place.value = next;
  select(all[next]!);
}

/** Begins anew whenever something else is sought. */
export function keepSearching(): void {
  effect(() => {
    void found.value;
    place.value = -1;
  });
}
