// What a predictor tells of a network beside its prediction: its layers, and what would change it.
// The same fields, by the same names, as in Rust and in JSON.

import type { FileOptions, Note, PredictOptions } from './prediction.js';

/** Settings of one inspection. */
export interface InspectOptions extends PredictOptions {
  /** Whether the layers are also wished as comma-separated values. */
  csv?: boolean | undefined;
}

/** Settings of the inspection of a file's network. */
export interface InspectFileOptions extends FileOptions, InspectOptions {}

/** A network's sizes, costs and layers. */
export interface Inspection {
  /** The network's name. */
  name: string;
  /** The family it belongs to; null where there is none. */
  family: string | null;
  /** Height, width and channels of the network's input. */
  input: [number, number, number];
  /** Parameters as the family's own code counts them. */
  params: number;
  /** Multiply-accumulates as the family's own code counts them. */
  macs: number;
  /** Twice the multiply-accumulates. */
  flops: number;
  /** Numbers that activations hold at once, at most. */
  peak_activations: number;
  /** Parameters of the canonical graph, dead branches removed. */
  graph_params: number;
  /** Multiply-accumulates of the canonical graph, dead branches removed. */
  graph_macs: number;
  /** Nodes of the canonical graph. */
  nodes: number;
  /** Edges of the canonical graph. */
  edges: number;
  /** Edges on the longest path from input to output. */
  depth: number;
  /** How many nodes of each operator it has. */
  ops: Record<string, number>;
  /** What the reader should know: assumptions made, limits reached. */
  notes: Note[];
  /** Its nodes, each behind those that it reads. */
  layers: Layer[];
  /** Stretches of it that come several times in a row, outer ones first. */
  groups: Group[];
  /** The layers as comma-separated values; null where they were not wished. */
  csv: string | null;
}

/** One node of the canonical graph. */
export interface Layer {
  /** The source's name for it, or operator and number. */
  name: string;
  /** Its operator. */
  op: string;
  /** Height, width and channels of its first operand. */
  input: [number, number, number];
  /** Height, width and channels of its result. */
  output: [number, number, number];
  /** Height and width of its window; 0 where it has none. */
  kernel: [number, number];
  /** Vertical and horizontal stride. */
  stride: [number, number];
  /** Distance of the window's taps. */
  dilation: number;
  /** Groups of its channels. */
  groups: number;
  /** Trainable parameters. */
  params: number;
  /** Multiply-accumulates. */
  macs: number;
  /** Its share of the graph's multiply-accumulates. */
  share: number;
  /** The layers that it reads, by their positions. */
  inputs: number[];
  /** The innermost of the network's groups that it lies in. */
  group: number | null;
}

/** A run of equal stretches, or one stretch of a run. */
export interface Group {
  /** The group that it lies in. */
  parent: number | null;
  /** How many equal stretches it holds; 1 for a stretch itself. */
  times: number;
}

/** Settings of a question for changes. */
export interface ChangeOptions extends PredictOptions {
  /** The position in the list to begin at; left out: 0. */
  first?: number | undefined;
  /** How many to judge; left out: all that follow. */
  count?: number | undefined;
}

/** Some of the steps from one architecture. */
export interface Changes {
  /** The data set and training recipe that the accuracies are about. */
  target: string;
  /** How many steps there are; 0 for a graph of no known family. */
  total: number;
  /** Those that were asked for; one that makes no valid network is left out. */
  changes: Change[];
}

/** One step and what comes of it. */
export interface Change {
  /** The step, as an instruction. */
  change: string;
  /** The architecture behind it. */
  text: string;
  /** Its predicted accuracy, a fraction. */
  accuracy: number;
  /** Its parameters. */
  params: number;
  /** Its multiply-accumulates. */
  macs: number;
}
