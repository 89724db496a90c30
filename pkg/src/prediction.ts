// What the predictor answers: the same fields, by the same names, as in Rust and in JSON.

import type { ErrorFields } from './errors.js';

/** Settings of one prediction. */
export interface PredictOptions {
  /** A target's name as in `info().targets`; left out: that of the network's own family. */
  target?: string | undefined;
  /**
   * The image's size in pixels, for ONNX files and Keras models that leave it open: a side, or
   * height x width as in `192x256`. Left out: 224, or 32 for at most 100 classes; a note says so.
   */
  inputSize?: string | number | undefined;
}

/** Settings of a file's prediction. */
export interface FileOptions extends PredictOptions {
  /** Keeps the biases that an exporter made of batch norms, instead of making them batch norms again. */
  keepFolded?: boolean | undefined;
  /** The file's name, where it has none of its own: one that ends in `.onnx` is read as such. */
  name?: string | undefined;
}

/** Settings of a list's predictions. */
export interface LinesOptions extends Pick<PredictOptions, 'target'> {
  /** About how long to work: the answers are to as many of the first lines as get done, at least one. */
  milliseconds?: number | undefined;
}

/** The accuracy predicted for one network, and what stands behind it. */
export interface Prediction {
  /** The accuracy, a fraction. */
  accuracy: number;
  /** The interval's lower end: nine of ten networks like it lie between `low` and `high`. */
  low: number;
  /** The interval's upper end. */
  high: number;
  /** The data set and training recipe that the accuracy is about, such as `nb201/cifar10`. */
  target: string;
  /**
   * The share of the networks the target was learned from that lie below; null where not known. Where no label of
   * the network's family was learned: the share of random networks of its family that are expected to be worse.
   */
  rank: number | null;
  /**
   * How much of the estimate comes from what was learned in another family, 0 to 1; the rest leans on size. Null
   * where a target of the network's own family, or a general or adapted one, answers.
   */
  networks_share: number | null;
  /** The family the text was read as; null for a graph of no known family. */
  family: string | null;
  /** The architecture in its family's one canonical form. */
  text: string | null;
  /** How far the network belongs to each cluster; sums to 1. */
  membership: number[];
  /** What each cluster's head predicts by itself, fractions; empty where the heads do not answer. */
  head_outputs: number[];
  /** The network as the encoder sees it. */
  embedding: number[];
  /** Where it stands on the map of all families, both about -1 to 1; null where the weights have no map. */
  map: [number, number] | null;
  /** 0 to 1: the share of validation networks that lie nearer to the training networks. */
  novelty: number;
  /** Parameters as the family's own code counts them. */
  params: number;
  /** Multiply-accumulates as the family's own code counts them. */
  macs: number;
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
  /** Height, width and channels of the network's input. */
  input: [number, number, number];
  /** What the reader should know: assumptions made, limits reached. */
  notes: Note[];
}

/** A line of a list of networks: a text or a record, such as `{"id": "a", "arch": ...}`. */
export interface ListLine {
  /** Its number in the list, from 1: its name where it has no other, and the line in errors. */
  number: number;
  text: string;
}

/** What a line of a list gets for an answer. */
export type LineAnswer = LinePrediction | LineFailure;

/** The accuracy predicted for a line's network, in short. */
export interface LinePrediction
  extends Pick<
    Prediction,
    | 'accuracy'
    | 'low'
    | 'high'
    | 'target'
    | 'family'
    | 'params'
    | 'macs'
    | 'nodes'
    | 'edges'
    | 'novelty'
    | 'notes'
  > {
  /** The record's name, or else the line's number. */
  id: string | number;
}

/** What is wrong with a line. */
export interface LineFailure {
  /** The record's name, or else the line's number. */
  id: string | number;
  error: ErrorFields;
}

/** The accuracy predicted for a file's network, and what the file is. */
export interface FilePrediction extends Prediction {
  file: FileInfo;
}

/** What a file is. */
export interface FileInfo {
  /** In words, such as `ONNX, opset 17`. */
  format: string;
  /** Its size, weights included. */
  bytes: number;
  /** Whether it leaves the size of its image open, so that `FileOptions.inputSize` decides it. */
  open_size: boolean;
}

/** One remark on a prediction. */
export interface Note {
  /** A stable word to branch on; later versions may bring new ones. */
  kind:
    | 'assumed'
    | 'image-size'
    | 'outside'
    | 'dead'
    | 'nearest'
    | 'unknown'
    | 'restored'
    | 'untrained'
    | (string & {});
  /** One sentence. */
  message: string;
}

/** What the loaded weights are and how well they do on networks not trained on. */
export interface ModelInfo {
  /** Version of the weights' file format. */
  format_version: number;
  /** Version of the feature layout the weights were trained with. */
  layout_version: number;
  /** False while the weights are random: their numbers mean nothing. */
  trained: boolean;
  /** The commit of the code that trained them. */
  commit: string;
  /** One seed an ensemble member. */
  seeds: number[];
  /** Everything the weights can predict. */
  targets: TargetInfo[];
  /** The architecture families that can be read. */
  families: FamilyInfo[];
  /** Networks of the ensemble. */
  members: number;
  /** Clusters, and so heads, of each member. */
  clusters: number;
  /** Size of the weights file. */
  bytes: number;
}

/** One target: a data set and a training recipe, with the figures measured on held-out networks. */
export interface TargetInfo {
  /** The name to pass as `PredictOptions.target`. */
  name: string;
  /** The family whose networks it was measured on. */
  family: string;
  /** The data set. */
  dataset: string;
  /** The name to show. */
  title: string;
  /** Networks trained on. */
  networks: number;
  /** Networks held out: never trained on, used for the figures below. */
  held_out: number;
  /** Spearman's rank correlation on held-out networks; null where not measured. */
  spearman: number | null;
  /** Kendall's rank correlation on held-out networks; null where not measured. */
  kendall: number | null;
  /** Mean absolute error on held-out networks, a fraction; null where not measured. */
  mae: number | null;
  /** Share of held-out accuracies inside the interval, which is made for 0.9; null where not measured. */
  coverage: number | null;
}

/** One architecture family: how its texts look. */
export interface FamilyInfo {
  /** Short name, such as `nb201`. */
  name: string;
  /** The name to show. */
  title: string;
  /** A text that the family reads. */
  example: string;
  /** One sentence on what its networks are. */
  description: string;
}
