// The clusters of a prediction as rows of a table.

import type { Prediction } from 'gennape';

import { percent, share, withSign } from './number';

/** Rows before a prediction, so that the page's height is about right from the start. */
const EXPECTED = 6;

/** One cluster: how far the network belongs to it, and what its head says alone. */
export interface ClusterRow {
  name: string;
  membership: number;
  membershipText: string;
  head: string;
}

/** One row a cluster, in the model's order. */
export function clusterRows(prediction: Prediction | null): ClusterRow[] {
  const membership = prediction?.membership ?? Array<undefined>(EXPECTED).fill(undefined);
  return membership.map((value, index) => ({
    name: String(index + 1),
    membership: value ?? 0,
    membershipText: value === undefined ? '–' : share(value),
    head: headText(prediction?.head_outputs[index]),
  }));
}

/** What a head says; a general target has none. */
function headText(accuracy: number | undefined): string {
  return accuracy === undefined ? '–' : withSign(percent(accuracy));
}
