// The predictor on the calling thread: a thin hold on the WASM module.

import init, { type Adaptation as WasmAdaptation, Adapter, Predictor as WasmPredictor } from '../generated/gennape.js';

import type { AdaptOptions, AdaptProgress, Adaptation } from './adaptation.js';
import { GennapeError } from './errors.js';
import { locatedFile, nameOf, openFile, type OpenFile } from './file-bytes.js';
import type {
  ChangeOptions,
  Changes,
  InspectFileOptions,
  InspectOptions,
  Inspection,
} from './inspection.js';
import type { Located, Platform } from './platform.js';
import type {
  FileOptions,
  FilePrediction,
  LineAnswer,
  LinesOptions,
  ListLine,
  ModelInfo,
  PredictOptions,
  Prediction,
} from './prediction.js';
import type { FileSource, Predictor, Progress } from './predictor.js';

/** More than any architecture has. */
const MOST_CHANGES = 1 << 20;

/** Milliseconds after which messages are listened to before the next step is taken. */
const LONGEST_STRETCH = 16;

/** Where weights and WASM module are, and who hears of the progress. */
export interface LoadRequest {
  weights: Located;
  wasm: Located;
  onProgress: (progress: Progress) => void;
}

/** Reads module and weights side by side and gives a predictor on this thread. */
export async function openLocal(platform: Platform, request: LoadRequest): Promise<Predictor> {
  const [weights] = await Promise.all([
    bytesOf(platform, request.weights, request.onProgress),
    startModule(platform, request.wasm),
  ]);
  return new LocalPredictor(platform, WasmPredictor.load(weights));
}

class LocalPredictor implements Predictor {
  readonly #platform: Platform;
  readonly #model: WasmPredictor;
  #ended: GennapeError | undefined;
  #info: ModelInfo;

  constructor(platform: Platform, model: WasmPredictor) {
    this.#platform = platform;
    this.#model = model;
    this.#info = model.info() as ModelInfo;
  }

  async predict(text: string, options: PredictOptions = {}): Promise<Prediction> {
    return this.#ofText(text, () => this.#model.predict(text, settingsOf(options)) as Prediction);
  }

  async predictFile(source: FileSource, options: FileOptions = {}): Promise<FilePrediction> {
    return this.#ofFile(
      source,
      options,
      (bytes, settings) => this.#model.predictFile(bytes, settings) as FilePrediction,
    );
  }

  async inspect(text: string, options: InspectOptions = {}): Promise<Inspection> {
    return this.#ofText(text, () => this.#model.inspect(text, settingsOf(options)) as Inspection);
  }

  async inspectFile(source: FileSource, options: InspectFileOptions = {}): Promise<Inspection> {
    return this.#ofFile(
      source,
      options,
      (bytes, settings) => this.#model.inspectFile(bytes, settings) as Inspection,
    );
  }

  async changes(text: string, options: ChangeOptions = {}): Promise<Changes> {
    const { first = 0, count = MOST_CHANGES, ...settings } = options;
    return this.#ofText(
      text,
      () => this.#model.changes(text, first, count, settingsOf(settings)) as Changes,
    );
  }

  #ofText<T>(text: string, call: () => T): T {
    if (this.#ended !== undefined) throw this.#ended;
    if (typeof text !== 'string') {
      throw new GennapeError({ kind: 'config', message: 'expected the architecture as a string' });
    }
    return this.#guarded(call);
  }

  async #ofFile<T, O extends FileOptions>(
    source: FileSource,
    options: O,
    call: (bytes: OpenFile, settings: object) => T,
  ): Promise<T> {
    if (this.#ended !== undefined) throw this.#ended;
    const file = locatedFile(this.#platform, source);
    const settings = { ...settingsOf(options), name: options.name ?? nameOf(file) };
    const bytes = await openFile(this.#platform, file);
    try {
      return this.#guarded(() => call(bytes, settings));
    } finally {
      bytes.close();
    }
  }

  async predictLines(
    lines: readonly ListLine[],
    options: LinesOptions = {},
  ): Promise<LineAnswer[]> {
    return this.#guarded(() => this.#model.predictLines(lines, options) as LineAnswer[]);
  }

  async adapt(records: string, options: AdaptOptions = {}): Promise<Adaptation> {
    const { dataset, date = today(), onProgress = () => {}, signal } = options;
    if (typeof records !== 'string') {
      throw new GennapeError({ kind: 'config', message: 'expected the records as a string' });
    }
    const adapter = this.#guarded(() => new Adapter(this.#model, records, { dataset }));
    try {
      for (let rested = performance.now(); ; ) {
        signal?.throwIfAborted();
        const progress = this.#guarded(() => adapter.step(this.#model) as AdaptProgress);
        onProgress(progress);
        if (progress.done === progress.total) break;
        if (performance.now() - rested > LONGEST_STRETCH) {
          await new Promise((resolve) => setTimeout(resolve));
          rested = performance.now();
        }
      }
      return this.#guarded(() => plain(adapter.finish(this.#model, date)));
    } finally {
      if (this.#ended?.kind !== 'crashed') adapter.free();
    }
  }

  async addAdapted(bytes: Uint8Array): Promise<ModelInfo> {
    this.#guarded(() => this.#model.addAdapted(bytes));
    this.#info = this.#guarded(() => this.#model.info() as ModelInfo);
    return this.#info;
  }

  async sample(family: string, seed: number): Promise<string> {
    return this.#guarded(() => this.#model.sample(family, seed));
  }

  /** Calls the module, unless the predictor was closed meanwhile. */
  #guarded<T>(call: () => T): T {
    if (this.#ended !== undefined) throw this.#ended;
    try {
      return call();
    } catch (thrown) {
      const error = GennapeError.fromCall(thrown);
      // After a trap the model's memory can't be trusted, not even to be freed.
      if (error.kind === 'crashed') this.#ended = error;
      throw error;
    }
  }

  info(): ModelInfo {
    return this.#info;
  }

  close(): void {
    if (this.#ended === undefined) this.#model.free();
    this.#ended = closed();
  }
}

/** The options as the module takes them. */
function settingsOf<T extends PredictOptions>(options: T) {
  const { inputSize } = options;
  return { ...options, inputSize: inputSize === undefined ? undefined : String(inputSize) };
}

function plain(done: WasmAdaptation): Adaptation {
  const report = done.report() as Omit<Adaptation, 'bytes'>;
  const bytes = done.bytes();
  done.free();
  return { bytes, ...report };
}

function today(): string {
  return new Date().toISOString().slice(0, 10);
}

/** The error of a call on a closed predictor. */
export function closed(): GennapeError {
  return new GennapeError({ kind: 'closed', message: 'the predictor is closed; create a new one' });
}

let started: Promise<unknown> | undefined;

/** Compiles the WASM module, once a thread; a failure is forgotten, so that one can try again. */
function startModule(platform: Platform, wasm: Located): Promise<unknown> {
  started ??= bytesOf(platform, wasm, () => {})
    .then((bytes) => init({ module_or_path: bytes }))
    .catch((thrown: unknown) => {
      started = undefined;
      throw thrown;
    });
  return started;
}

async function bytesOf(
  platform: Platform,
  located: Located,
  onProgress: (progress: Progress) => void,
): Promise<Uint8Array> {
  return typeof located === 'string' ? platform.read(located, onProgress) : located;
}
