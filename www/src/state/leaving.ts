// Taking one of the compared networks to Predict.

import { networkText } from '../format/listing';
import { listed } from './list';
import { takeFile, takeText } from './source';
import { openTab } from './tab';

/** Shows a row's network on Predict. */
export function openRow(index: number): void {
  const row = listed.peek()[index];
  if (row === undefined) return;
  if (typeof row.source === 'string') takeText(networkText(row.source));
  else takeFile(row.source);
  openTab('predict');
}
