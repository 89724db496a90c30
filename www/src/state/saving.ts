// The compared list as a file that a person keeps: the table's order, all its figures.

import { csvOf, linesOf } from '../format/list-file';
import { saveText } from '../support/save';
import { faulty, listed } from './list';
import { order } from './standing';

/** Saves the table for spreadsheets. */
export function saveCsv(): void {
  saveText('gennape.csv', 'text/csv', csvOf(sorted()));
}

/** Saves what the program's `predict` prints: one JSON object a line, those in error at the end. */
export function saveLines(): void {
  saveText('gennape.jsonl', 'application/x-ndjson', linesOf(sorted(), faulty.peek()));
}

function sorted() {
  const rows = listed.peek();
  return Array.from(order.peek(), (index) => rows[index]!);
}
