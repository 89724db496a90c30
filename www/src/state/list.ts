// The networks that are compared: those pinned and those of a list, with what the model says of them,
// and the lines that could not be read. Some hundred thousand rows: they are kept in plain arrays, and
// `version` says that something came or went.

import { computed, signal } from '@preact/signals';

/** A network and what is predicted of it. */
export interface Row {
  name: string;
  /** Its text or record, or the file that it stands in. */
  source: string | File;
  accuracy: number;
  low: number;
  high: number;
  target: string;
  family: string | null;
  params: number;
  macs: number;
  nodes: number;
  edges: number;
  novelty: number;
}

/** A line that could not be read or predicted. */
export interface Fault {
  line: number;
  name: string;
  message: string;
}

/** Grows whenever rows or faults change. */
export const version = signal(0);

let rows: Row[] = [];
let faults: Fault[] = [];

/** The rows, in the order in which they came. */
export const listed = computed<readonly Row[]>(() => (version.value, rows.slice()));

/** The lines that gave none. */
export const faulty = computed<readonly Fault[]>(() => (version.value, faults.slice()));

/** Adds rows and faults; `isShown` false leaves it to a later call to show them. */
export function add(newRows: readonly Row[], newFaults: readonly Fault[], isShown = true): void {
  rows.push(...newRows);
  faults.push(...newFaults);
  if (isShown) version.value++;
}

/** Takes all rows and faults away. */
export function empty(): void {
  rows = [];
  faults = [];
  version.value++;
}

/** A row of a network. */
export function rowOf(
  source: string | File,
  name: string,
  prediction: Omit<Row, 'name' | 'source'>,
): Row {
  const { accuracy, low, high, target, family, params, macs, nodes, edges, novelty } = prediction;
  return { name, source, accuracy, low, high, target, family, params, macs, nodes, edges, novelty };
}
