// The layers of the shown network, for the graph, the table and the shares: asked for once somebody
// looks at one of them and the prediction rests.

import { computed, effect, signal } from '@preact/signals';
import type { Inspection, Prediction, Predictor } from 'gennape';

import { saveText } from '../support/save';
import { failedBeside } from './asking';
import { areChangesSeen } from './changes';
import { answer, isStale } from './outcome';
import { session } from './session';
import { inputSize } from './size';
import { input } from './source';

const REST_MS = 120;

/** How many of the dearest layers are listed. */
const N_DEAREST = 8;

/** Whether the graph was ever in sight. */
export const isGraphSeen = signal(false);

/** The layers that were told last, and of which prediction and input. */
export const inspected = signal<{ of: Prediction; input: string | File; inspection: Inspection } | null>(null);

/** The layers on screen. */
export const inspection = computed<Inspection | null>(() => inspected.value?.inspection ?? null);

/** A layer with its shares of the whole. */
export interface LayerShare {
  idx: number;
  name: string;
  ofParams: number;
  ofMacs: number;
}

/** The layers that take most multiply-adds, the dearest first. */
export const dearestLayers = computed<LayerShare[]>(() => {
  const { layers = [], graph_params = 0 } = inspection.value ?? {};
  return layers
    .map(({ name, params, share }, idx) => ({ idx, name, ofParams: params / graph_params || 0, ofMacs: share }))
    .sort((a, b) => b.ofMacs - a.ofMacs)
    .slice(0, N_DEAREST);
});

/** Starts to ask; goes on for the page's life. */
export function keepInspecting(): void {
  let rest: ReturnType<typeof setTimeout> | undefined;
  effect(() => {
    clearTimeout(rest);
    const { value: now } = session;
    const { value: prediction } = answer;
    if (now.phase !== 'ready' || prediction === null || isStale.value) return;
    const isWanted = isGraphSeen.value || (prediction.text === null && areChangesSeen.value);
    if (!isWanted || inspected.peek()?.of === prediction) return;
    rest = setTimeout(() => void inspect(now.predictor, prediction), REST_MS);
  });
}

async function inspect(predictor: Predictor, of: Prediction): Promise<void> {
  const asked = input.peek();
  const told = await layersOf(predictor, asked, of, false);
  if (told !== null && answer.peek() === of) inspected.value = { of, input: asked, inspection: told };
}

/** The layers, or null where they can't be had: what is wrong is told beside the prediction. */
async function layersOf(predictor: Predictor, asked: string | File, of: Prediction, csv: boolean) {
  const size = inputSize.peek();
  const options = { target: of.target, inputSize: size === '' ? undefined : size, csv };
  try {
    return await (typeof asked === 'string'
      ? predictor.inspect(asked, options)
      : predictor.inspectFile(asked, options));
  } catch (thrown) {
    failedBeside(predictor, thrown);
    return null;
  }
}

/** Saves the shown layers as comma-separated values. */
export async function saveLayers(): Promise<void> {
  const { value: now } = session;
  const { value: shown } = inspected;
  if (now.phase !== 'ready' || shown === null) return;
  const told = await layersOf(now.predictor, shown.input, shown.of, true);
  if (told?.csv) saveText('layers.csv', 'text/csv', told.csv);
}
