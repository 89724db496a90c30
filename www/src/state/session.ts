// The model's life on this page: arriving (with bytes), ready, or failed with the reason. The only
// file that creates predictors; all their work happens in the package's Web Worker.

import { computed, effect, signal } from '@preact/signals';
import { createPredictor, GennapeError, type ModelInfo, type Predictor, type Progress } from 'gennape';

import wasm from '../generated/gennape_bg.wasm?url';
import readers from '../generated/readers_bg.wasm?url';
import { addAllAdapted } from './adapted';

/** Relative to the page, so it works from any folder of any host. */
const WEIGHTS = 'weights/gennape.safetensors';

/** Where the model stands. */
export type Session =
  | { phase: 'loading'; loaded: number; total: number | undefined }
  | { phase: 'ready'; predictor: Predictor; info: ModelInfo }
  | { phase: 'failed'; error: GennapeError };

/** The model now. */
export const session = signal<Session>({ phase: 'loading', loaded: 0, total: undefined });

/** What the weights are, once they are there. */
export const modelInfo = computed<ModelInfo | null>(() =>
  session.value.phase === 'ready' ? session.value.info : null,
);

/** How much is here of what reads ONNX files and Keras models; null until one turns up. */
export const readersProgress = signal<Progress | null>(null);

/** Loads the model, or loads it anew after a failure. */
export async function startSession(): Promise<void> {
  const before = session.peek();
  if (before.phase === 'ready') before.predictor.close();
  session.value = { phase: 'loading', loaded: 0, total: undefined };
  try {
    const predictor = await createPredictor({
      weights: WEIGHTS,
      wasm,
      readers,
      worker: true,
      onProgress: ({ loaded, total }) => {
        session.value = { phase: 'loading', loaded, total };
      },
      onReaders: (progress) => {
        readersProgress.value = progress;
      },
    });
    await addAllAdapted(predictor);
    session.value = { phase: 'ready', predictor, info: predictor.info() };
  } catch (thrown) {
    session.value = { phase: 'failed', error: GennapeError.from(thrown) };
  }
}

/** Starts the model anew where `predictor`, which crashed, is still the one in use. */
export function restartAfterCrash(predictor: Predictor): void {
  const now = session.peek();
  if (now.phase === 'ready' && now.predictor === predictor) void startSession();
}

/** The predictor, once it is there; rejects where it can't be had. */
export function whenReady(): Promise<Predictor> {
  return new Promise((resolve, reject) => {
    let stop = () => {};
    stop = effect(() => {
      const now = session.value;
      if (now.phase === 'loading') return;
      if (now.phase === 'ready') resolve(now.predictor);
      else reject(now.error);
      queueMicrotask(() => stop());
    });
  });
}

/** Gives the model a further target. */
export async function addTarget(bytes: Uint8Array): Promise<void> {
  const predictor = await whenReady();
  const info = await predictor.addAdapted(bytes);
  session.value = { phase: 'ready', predictor, info };
}
