// What adaptation to some measured networks takes and gives: the same names as in Rust and in JSON.

/** Settings of one adaptation. */
export interface AdaptOptions {
  /** The data set to learn, where records have several; left out: the family's first. */
  dataset?: string | undefined;
  /** A date to write into the file; left out: today's. */
  date?: string | undefined;
  /** Called after each step. */
  onProgress?: ((progress: AdaptProgress) => void) | undefined;
  /** Ends it between two steps; the call then rejects with the signal's reason. */
  signal?: AbortSignal | undefined;
}

/** How far an adaptation is. */
export interface AdaptProgress {
  /** What comes next, in words. */
  what: string;
  /** Steps done. */
  done: number;
  /** All steps. */
  total: number;
}

/** Figures of cross-validation; null where undefined. */
export interface Figures {
  /** Spearman's rank correlation. */
  spearman: number | null;
  /** Mean absolute error, a fraction. */
  mae: number | null;
  /** Share of accuracies inside the 90 % interval; null where there is no interval. */
  coverage: number | null;
}

/** A network with what was predicted of it from others. */
export interface AdaptedPoint {
  /** Its record's name. */
  id: string;
  /** Measured accuracy, a fraction. */
  measured: number;
  /** Predicted accuracy. */
  predicted: number;
  /** The interval's lower end. */
  low: number;
  /** The interval's upper end. */
  high: number;
}

/** What came of an adaptation. */
export interface Adaptation {
  /** The adapted target's file: `addAdapted` takes it, with these weights alone. */
  bytes: Uint8Array;
  /** The target's name, such as `adapted/cifar10`. */
  target: string;
  /** Different networks learned from. */
  networks: number;
  /** The adapted target. Look at the others before you trust it. */
  adapted: Figures;
  /** The weights without adaptation. */
  unadapted: Figures;
  /** The logarithm of parameters. */
  log_params: Figures;
  /** The logarithm of multiply-accumulates. */
  log_macs: Figures;
  /** Each network, predicted from others. */
  points: AdaptedPoint[];
}
