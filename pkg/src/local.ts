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
import { bytesOf, type Located, type Platform } from './platform.js';
import type {
  FileInfo,
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
import { lacksReader, startReaders, type Finished, type Readers } from './readers.js';

/** More than any architecture has. */
const MOST_CHANGES = 1 << 20;

/** Milliseconds after which messages are listened to before the next step is taken. */
const LONGEST_STRETCH = 16;

/** Where weights and WASM modules are, and who hears of the progress. */
export interface LoadRequest {
  weights: Located;
  wasm: Located;
  readers: Located;
  onProgress: (progress: Progress) => void;
  onReaders: (progress: Progress) => void;
}

/** Reads module and weights side by side and gives a predictor on this thread. */
export async function openLocal(platform: Platform, request: LoadRequest): Promise<Predictor> {
  const [weights] = await Promise.all([
    bytesOf(platform, request.weights, request.onProgress),
    startModule(platform, request.wasm),
  ]);
  const readers = () => startReaders(platform, request.readers, request.onReaders);
  return new LocalPredictor(platform, WasmPredictor.load(weights), readers);
}

class LocalPredictor implements Predictor {
  readonly #platform: Platform;
  readonly #model: WasmPredictor;
  readonly #readers: () => Promise<Readers>;
  #ended: GennapeError | undefined;
  #info: ModelInfo;

  constructor(platform: Platform, model: WasmPredictor, readers: () => Promise<Readers>) {
    this.#platform = platform;
    this.#model = model;
    this.#readers = readers;
    this.#info = model.info() as ModelInfo;
  }

  async predict(text: string, options: PredictOptions = {}): Promise<Prediction> {
    return this.#ofText(text, settingsOf(options), (text, settings) =>
      this.#model.predict(text, settings) as Prediction,
    );
  }

  async predictFile(source: FileSource, options: FileOptions = {}): Promise<FilePrediction> {
    return this.#ofFile(source, options, {
      ofBytes: (bytes, settings) => this.#model.predictFile(bytes, settings) as FilePrediction,
      ofText: ({ network, file }, settings) => {
        try {
          return { ...(this.#model.predict(network, settings) as Prediction), file };
        } catch (thrown) {
          throw aboutFile(thrown, file);
        }
      },
    });
  }

  async inspect(text: string, options: InspectOptions = {}): Promise<Inspection> {
    return this.#ofText(text, settingsOf(options), (text, settings) =>
      this.#model.inspect(text, settings) as Inspection,
    );
  }

  async inspectFile(source: FileSource, options: InspectFileOptions = {}): Promise<Inspection> {
    return this.#ofFile(source, options, {
      ofBytes: (bytes, settings) => this.#model.inspectFile(bytes, settings) as Inspection,
      ofText: ({ network }, settings) => this.#model.inspect(network, settings) as Inspection,
    });
  }

  async changes(text: string, options: ChangeOptions = {}): Promise<Changes> {
    const { first = 0, count = MOST_CHANGES, ...settings } = options;
    return this.#ofText(text, settingsOf(settings), (text, settings) =>
      this.#model.changes(text, first, count, settings) as Changes,
    );
  }

  async #ofText<T>(
    text: string,
    settings: object,
    call: (text: string, settings: object) => T,
  ): Promise<T> {
    if (this.#ended !== undefined) throw this.#ended;
    if (typeof text !== 'string') {
      throw new GennapeError({ kind: 'config', message: 'expected the architecture as a string' });
    }
    return this.#withReader(
      () => call(text, settings),
      (readers) => {
        const network = readers.readText(text, settings);
        return call(network, settings);
      },
    );
  }

  async #ofFile<T, O extends FileOptions>(
    source: FileSource,
    options: O,
    calls: {
      ofBytes: (bytes: OpenFile, settings: object) => T;
      ofText: (finished: Finished<FileInfo>, settings: object) => T;
    },
  ): Promise<T> {
    if (this.#ended !== undefined) throw this.#ended;
    const located = locatedFile(this.#platform, source);
    const settings = { ...settingsOf(options), name: options.name ?? nameOf(located) };
    const bytes = await openFile(this.#platform, located);
    try {
      return await this.#withReader(
        () => calls.ofBytes(bytes, settings),
        (readers) => {
          const finished = readers.readFile(bytes, settings) as Finished<FileInfo>;
          return calls.ofText(finished, settings);
        },
      );
    } finally {
      bytes.close();
    }
  }

  /** Calls the first module, and where it lacks the reader, does the same with the second. */
  async #withReader<T>(call: () => T, read: (readers: Readers) => T): Promise<T> {
    try {
      return this.#guarded(call);
    } catch (thrown) {
      if (!lacksReader(thrown)) throw thrown;
    }
    const readers = await this.#readers();
    return this.#guarded(() => read(readers));
  }

  async predictLines(
    lines: readonly ListLine[],
    options: LinesOptions = {},
  ): Promise<LineAnswer[]> {
    const { milliseconds = Infinity, ...settings } = options;
    const begin = performance.now();
    const atOnce = milliseconds === Infinity ? lines.length : 1;
    const answers = await this.#answersTo(lines.slice(0, atOnce), settings);
    while (answers.length < lines.length && performance.now() - begin < milliseconds) {
      const [next] = await this.#answersTo([lines[answers.length]!], settings);
      answers.push(next!);
    }
    return answers;
  }

  async #answersTo(
    lines: readonly ListLine[],
    settings: PredictOptions,
  ): Promise<LineAnswer[]> {
    const ask = (some: readonly ListLine[]) =>
      this.#guarded(() => this.#model.predictLines(some, settings) as LineAnswer[]);
    const answers = ask(lines);
    for (const [index, answer] of answers.entries()) {
      if (!('error' in answer) || answer.error.kind !== 'no-reader') continue;
      answers[index] = await this.#finishedLine(lines[index]!, answer.id, ask);
    }
    return answers;
  }

  /** The answer to a line whose network the second module reads. */
  async #finishedLine(
    { number, text }: ListLine,
    id: LineAnswer['id'],
    ask: (lines: readonly ListLine[]) => LineAnswer[],
  ): Promise<LineAnswer> {
    try {
      const readers = await this.#readers();
      const record = this.#guarded(() => readers.readLine(text, number));
      return ask([{ number, text: record }])[0]!;
    } catch (thrown) {
      const error = GennapeError.from(thrown);
      if (error.kind === 'crashed') throw error;
      return { id, error: error.toJSON() };
    }
  }

  async adapt(records: string, options: AdaptOptions = {}): Promise<Adaptation> {
    const { dataset, date = today(), onProgress = () => {}, signal } = options;
    if (typeof records !== 'string') {
      throw new GennapeError({ kind: 'config', message: 'expected the records as a string' });
    }
    const begin = (records: string) => new Adapter(this.#model, records, { dataset });
    const adapter = await this.#withReader(
      () => begin(records),
      (readers) => begin(readers.readRecords(records)),
    );
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

/** The same error with what the file is whose network is at fault. */
function aboutFile(thrown: unknown, file: FileInfo): unknown {
  const error = GennapeError.fromCall(thrown);
  return error.kind === 'crashed' ? thrown : new GennapeError({ ...error.toJSON(), file });
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
