// The compared list in words.

import { grouped } from './number';

/** How many networks there are. */
export function listTitle(nRows: number): string {
  if (nRows === 0) return 'No network';
  return nRows === 1 ? '1 network' : `${grouped(nRows)} networks`;
}

/** How many lines gave none. */
export function faultsTitle(nFaults: number): string {
  return nFaults === 1 ? '1 line could not be scored' : `${grouped(nFaults)} lines could not be scored`;
}
