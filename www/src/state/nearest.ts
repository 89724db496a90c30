// The known networks that lie nearest to the shown one, by embedding. Known are those of a file that
// is made with the weights, fetched once somebody looks, and the well-known cells, judged then.

import { computed, effect, signal } from '@preact/signals';
import type { Prediction, Predictor } from 'gennape';

import { distancesTo, type Known } from '../format/distance';
import { KNOWN_CELLS } from './examples';
import { failedBeside } from './asking';
import { answer } from './outcome';
import { session } from './session';

/** Made by scripts/known.mjs; relative to the page, so it works from any folder. */
const ADDRESS = 'known.json';
const N_NEAREST = 6;

/** Whether the list was ever in sight. */
export const isNearestSeen = signal(false);

/** The known networks; null until they are there, empty where they can't be had. */
export const known = signal<readonly Known[] | null>(null);

/** The nearest ones, the nearest first; the shown network itself is none of them. */
export const nearest = computed<Known[]>(() => {
  const { embedding = null, text = null } = answer.value ?? {};
  if (embedding === null || known.value === null) return [];
  const others = known.value.filter((other) => other.text !== text);
  return distancesTo(embedding, others)
    .sort((a, b) => a.distance - b.distance)
    .slice(0, N_NEAREST)
    .map(({ network }) => network);
});

/** Starts to wait for somebody to look; goes on for the page's life. */
export function keepKnowing(): void {
  let isAsked = false;
  effect(() => {
    const { value: now } = session;
    if (isAsked || !isNearestSeen.value || now.phase !== 'ready') return;
    isAsked = true;
    void learn(now.predictor);
  });
}

async function learn(predictor: Predictor): Promise<void> {
  const [drawn, classics] = await Promise.all([fetched(), judged(predictor)]);
  known.value = [...classics, ...drawn];
}

/** The file's networks, or none where it is not there: the classics are shown all the same. */
async function fetched(): Promise<Known[]> {
  try {
    const response = await fetch(ADDRESS);
    return response.ok ? ((await response.json()) as Known[]) : [];
  } catch {
    return [];
  }
}

async function judged(predictor: Predictor): Promise<Known[]> {
  const all = KNOWN_CELLS.map(async ({ title, text }): Promise<Known> => {
    const prediction: Prediction = await predictor.predict(text);
    const { accuracy, target, params, macs, embedding, family } = prediction;
    // as the library writes it, so that it is recognised as the shown one
    return { title, text: prediction.text ?? text, accuracy, target, params, macs, embedding, family: family ?? '' };
  });
  const settled = await Promise.allSettled(all);
  for (const one of settled) if (one.status === 'rejected') failedBeside(predictor, one.reason);
  return settled.flatMap((one) => (one.status === 'fulfilled' ? [one.value] : []));
}
