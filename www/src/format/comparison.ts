// Rows of the comparison in words: one by one, and the difference of two.

import type { Row } from '../state/list';
import { compact, grouped, percent, share, withSign } from './number';

/** A figure of two networks and what the second has more of it. */
export interface Figure {
  name: string;
  first: string;
  second: string;
  difference: string;
  /** How many times as much the second has; empty where that says nothing. */
  factor: string;
}

const NO_BREAK_SPACE = '\u00a0';
const MINUS = '−';
const PLUS = '+';

/** A row's name and accuracy in a sentence. */
export function rowSentence({ name, accuracy, params, macs }: Row): string {
  return `${name}: ${withSign(percent(accuracy))}, ${compact(params)} parameters, ${compact(macs)} MACs`;
}

/** The figures of one network; the second ones are empty. */
export function figuresOf(row: Row): Figure[] {
  return differenceOf(row, row).map((figure) => ({ ...figure, second: '', difference: '', factor: '' }));
}

/** The figures of two networks. Accuracies of different targets have no difference. */
export function differenceOf(first: Row, second: Row): Figure[] {
  const isComparable = first.target === second.target;
  return [
    {
      name: 'Accuracy',
      first: withSign(percent(first.accuracy)),
      second: withSign(percent(second.accuracy)),
      difference: isComparable ? signed(second.accuracy - first.accuracy, percent) : 'other target',
      factor: isComparable ? 'points' : '',
    },
    counted('Parameters', first.params, second.params),
    counted('MACs', first.macs, second.macs),
    counted('FLOPs', 2 * first.macs, 2 * second.macs),
    counted('Nodes', first.nodes, second.nodes),
    counted('Edges', first.edges, second.edges),
    {
      name: 'Novelty',
      first: share(first.novelty),
      second: share(second.novelty),
      difference: '',
      factor: '',
    },
  ];
}

function counted(name: string, first: number, second: number): Figure {
  return {
    name,
    first: short(first),
    second: short(second),
    difference: signed(second - first, compact),
    factor: first > 0 ? `${(second / first).toFixed(2)}${NO_BREAK_SPACE}×` : '',
  };
}

function short(count: number): string {
  return count < 10_000 ? grouped(count) : compact(count);
}

function signed(difference: number, words: (size: number) => string): string {
  return `${difference < 0 ? MINUS : PLUS}${NO_BREAK_SPACE}${words(Math.abs(difference))}`;
}
