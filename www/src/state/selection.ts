// The layer that a person chose, in the graph or in the table: both show it.

import { effect, signal } from '@preact/signals';

import { inspection } from './inspection';

/** The chosen layer's position; null where none is. */
export const selected = signal<number | null>(null);

/** Where it was chosen last: the other side brings it into view. */
export const selectedIn = signal<'graph' | 'elsewhere'>('elsewhere');

/** Counts the choices, so that the same layer can be shown twice. */
export const nSelected = signal(0);

/** Chooses a layer, so that the graph shows it. */
export function select(idx: number): void {
  selectFrom(idx, 'elsewhere');
}

/** Chooses a layer in the graph, so that the table shows it. */
export function selectInGraph(idx: number): void {
  selectFrom(idx, 'graph');
}

function selectFrom(idx: number, place: 'graph' | 'elsewhere'): void {
  selected.value = idx;
  selectedIn.value = place;
  nSelected.value++;
}

/** Forgets the choice when the network is another one. */
export function keepSelection(): void {
  effect(() => {
    void inspection.value;
    selected.value = null;
  });
}
