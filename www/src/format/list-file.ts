// The compared list as a file's text.

import type { Fault, Row } from '../state/list';
import { csvLine } from './csv';

const COLUMNS = [
  'name',
  'accuracy',
  'low',
  'high',
  'target',
  'family',
  'params',
  'macs',
  'nodes',
  'edges',
  'novelty',
] as const;

/** A table with a line a row, and the network's text in its last column. */
export function csvOf(rows: readonly Row[]): string {
  const lines = rows.map((row) =>
    csvLine([...COLUMNS.map((column) => row[column] ?? ''), textOf(row)]),
  );
  return `${[csvLine([...COLUMNS, 'arch']), ...lines].join('\n')}\n`;
}

/** One JSON object a line: the rows, then the lines in error. */
export function linesOf(rows: readonly Row[], faults: readonly Fault[]): string {
  const good = rows.map(({ name, source: _, ...figures }) => JSON.stringify({ id: name, ...figures }));
  const bad = faults.map(({ line, name, message }) =>
    JSON.stringify({ id: name, error: { message, line } }),
  );
  return `${[...good, ...bad].join('\n')}\n`;
}

function textOf({ source }: Row): string {
  return typeof source === 'string' ? source : source.name;
}
