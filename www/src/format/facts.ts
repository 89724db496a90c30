// The network's size, as pairs of name and number.

import type { Prediction } from 'gennape';

import type { Hinted } from './hints';
import { compact, grouped } from './number';

/** One number of a network: short, and exact where the short form rounds. */
export interface Fact {
  name: Hinted;
  short: string;
  exact: string | null;
}

/** The numbers of a network, or their names alone before there is one. */
export function factsOf(prediction: Prediction | null): Fact[] {
  const { params, macs, nodes, edges, depth } = prediction ?? {};
  return [
    sized('Parameters', params),
    sized('MACs', macs),
    sized('FLOPs', macs === undefined ? undefined : 2 * macs),
    counted('Nodes', nodes),
    counted('Edges', edges),
    counted('Depth', depth),
  ];
}

/** What the counts are for. */
export function inputSentence(prediction: Prediction | null): string {
  if (prediction === null) return 'Counted for one image, as the network is written.';
  const [height, width] = prediction.input;
  return `Counted for one image of ${height} × ${width} pixels, as the network is written.`;
}

/** What remains where the network has parts that its output does not depend on; else null. */
export function liveSentence(prediction: Prediction | null): string | null {
  if (prediction === null) return null;
  const { params, macs, graph_params, graph_macs } = prediction;
  if (params === graph_params && macs === graph_macs) return null;
  const live = `${grouped(graph_params)} parameters, ${grouped(graph_macs)} MACs`;
  return `Without the parts that do nothing: ${live}.`;
}

function sized(name: Hinted, value: number | undefined): Fact {
  if (value === undefined) return { name, short: '–', exact: null };
  return { name, short: compact(value), exact: grouped(value) };
}

function counted(name: Hinted, value: number | undefined): Fact {
  return { name, short: value === undefined ? '–' : grouped(value), exact: null };
}
