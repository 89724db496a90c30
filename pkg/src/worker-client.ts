// The predictor that lives in a worker, seen from the calling thread: sends calls, awaits answers.

import type { AdaptOptions, AdaptProgress, Adaptation } from './adaptation.js';
import { GennapeError } from './errors.js';
import { locatedFile, nameOf } from './file-bytes.js';
import type {
  ChangeOptions,
  Changes,
  InspectFileOptions,
  InspectOptions,
  Inspection,
} from './inspection.js';
import { closed, type LoadRequest } from './local.js';
import type { Platform, Port } from './platform.js';
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
import type { FileSource, Predictor } from './predictor.js';
import type { Answer, Call } from './worker-protocol.js';

/** Starts a worker, loads the weights in there and gives a predictor that asks it. */
export async function openInWorker(platform: Platform, request: LoadRequest): Promise<Predictor> {
  const calls = new Calls(platform.startWorker(), request);
  try {
    const { weights, wasm, readers } = request;
    const info = await calls.send<ModelInfo>({ call: 'load', weights, wasm, readers });
    return new WorkerPredictor(platform, calls, info);
  } catch (thrown) {
    calls.end(closed());
    throw thrown;
  }
}

class WorkerPredictor implements Predictor {
  constructor(
    readonly platform: Platform,
    readonly calls: Calls,
    private modelInfo: ModelInfo,
  ) {}

  async predict(text: string, options: PredictOptions = {}): Promise<Prediction> {
    return this.calls.send<Prediction>({ call: 'predict', text, options });
  }

  async predictFile(source: FileSource, options: FileOptions = {}): Promise<FilePrediction> {
    const call = { call: 'predictFile', ...this.named(source, options) } as const;
    return this.calls.send<FilePrediction>(call);
  }

  async inspect(text: string, options: InspectOptions = {}): Promise<Inspection> {
    return this.calls.send<Inspection>({ call: 'inspect', text, options });
  }

  async inspectFile(source: FileSource, options: InspectFileOptions = {}): Promise<Inspection> {
    const call = { call: 'inspectFile', ...this.named(source, options) } as const;
    return this.calls.send<Inspection>(call);
  }

  async changes(text: string, options: ChangeOptions = {}): Promise<Changes> {
    return this.calls.send<Changes>({ call: 'changes', text, options });
  }

  /** A file that means the same in the worker, with its name. */
  private named<T extends FileOptions>(source: FileSource, options: T) {
    const file = locatedFile(this.platform, source);
    return { file, options: { ...options, name: options.name ?? nameOf(file) } };
  }

  async predictLines(
    lines: readonly ListLine[],
    options: LinesOptions = {},
  ): Promise<LineAnswer[]> {
    return this.calls.send<LineAnswer[]>({ call: 'predictLines', lines, options });
  }

  async adapt(records: string, options: AdaptOptions = {}): Promise<Adaptation> {
    const { dataset, date, onProgress, signal } = options;
    signal?.throwIfAborted();
    const { id, answer } = this.calls.begin<Adaptation>(
      { call: 'adapt', records, dataset, date },
      onProgress,
    );
    const abort = () => void this.calls.send({ call: 'abort', of: id }).catch(() => {});
    signal?.addEventListener('abort', abort);
    try {
      return await answer;
    } catch (thrown) {
      signal?.throwIfAborted();
      throw thrown;
    } finally {
      signal?.removeEventListener('abort', abort);
    }
  }

  async addAdapted(bytes: Uint8Array): Promise<ModelInfo> {
    this.modelInfo = await this.calls.send<ModelInfo>({ call: 'addAdapted', bytes });
    return this.modelInfo;
  }

  async sample(family: string, seed: number): Promise<string> {
    return this.calls.send<string>({ call: 'sample', family, seed });
  }

  info(): ModelInfo {
    return this.modelInfo;
  }

  close(): void {
    this.calls.end(closed());
  }
}

interface Waiting {
  resolve(value: unknown): void;
  reject(error: GennapeError): void;
  onStep: ((progress: AdaptProgress) => void) | undefined;
}

type WithoutId<T> = T extends unknown ? Omit<T, 'id'> : never;

/** The calls under way to one worker. */
class Calls {
  readonly #port: Port;
  readonly #waiting = new Map<number, Waiting>();
  #nextId = 0;
  #ended: GennapeError | undefined;

  constructor(port: Port, request: Pick<LoadRequest, 'onProgress' | 'onReaders'>) {
    this.#port = port;
    port.onMessage((message) => {
      const answer = message as Answer;
      if ('progress' in answer) request.onProgress(answer.progress);
      else if ('readers' in answer) request.onReaders(answer.readers);
      else if ('step' in answer) this.#waiting.get(answer.id)?.onStep?.(answer.step);
      else this.#settle(answer);
    });
    port.onCrash((reason) => {
      const message = `the worker stopped: ${reason}; create a new predictor`;
      this.end(new GennapeError({ kind: 'crashed', message }));
    });
  }

  send<T>(call: WithoutId<Call>): Promise<T> {
    return this.begin<T>(call).answer;
  }

  /** The same with the call's number, by which it can be aborted, and steps told on the way. */
  begin<T>(call: WithoutId<Call>, onStep?: (progress: AdaptProgress) => void) {
    const id = this.#nextId++;
    if (this.#ended !== undefined) return { id, answer: Promise.reject<T>(this.#ended) };
    const answer = new Promise<T>((resolve, reject) => {
      const take = resolve as (value: unknown) => void;
      this.#waiting.set(id, { resolve: take, reject, onStep });
      this.#port.keepAlive(true);
      this.#port.post({ ...call, id });
    });
    return { id, answer };
  }

  /** Ends the worker; every call, waiting or to come, rejects with `error`. The first end counts. */
  end(error: GennapeError): void {
    if (this.#ended !== undefined) return;
    this.#ended = error;
    this.#port.terminate();
    for (const waiting of this.#waiting.values()) waiting.reject(error);
    this.#waiting.clear();
  }

  #settle(answer: Extract<Answer, { value: unknown } | { error: unknown }>): void {
    const waiting = this.#waiting.get(answer.id);
    this.#waiting.delete(answer.id);
    this.#port.keepAlive(this.#waiting.size > 0);
    if ('value' in answer) return waiting?.resolve(answer.value);
    const error = new GennapeError(answer.error);
    waiting?.reject(error);
    if (error.kind === 'crashed') this.end(error);
  }
}
