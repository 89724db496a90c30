// What the model said last: the last good prediction and, if the text is bad now, what is wrong.

import { computed, signal } from '@preact/signals';
import type { FamilyInfo, GennapeError, Prediction, TargetInfo } from 'gennape';

import { aboutText } from '../format/targets';
import { modelInfo } from './session';
import { isBlank } from './source';

/** What is wrong, and with which text. */
export interface Problem {
  text: string;
  error: GennapeError;
}

/** The last good prediction; it stays while the text is bad. */
export const answer = signal<Prediction | null>(null);

/** What is wrong with the last text that was asked about, or null. */
export const problem = signal<Problem | null>(null);

/** Whether the text is what is wrong, not the target asked for or the predictor itself. */
export const isTextWrong = computed(() => {
  const kind = problem.value?.error.kind;
  return kind !== undefined && kind !== 'target' && !isPredictorWrong.value;
});

/** Whether the predictor itself failed, so that only loading it anew helps. */
export const isPredictorWrong = computed(() => {
  const kind = problem.value?.error.kind;
  return kind === 'internal' || kind === 'closed';
});

/** Whether the shown prediction is an earlier text's. */
export const isStale = computed(
  () => answer.value !== null && (problem.value !== null || isBlank.value),
);

/** The target that the shown prediction is about. */
export const shownTarget = computed<TargetInfo | null>(() => {
  const name = answer.value?.target;
  return modelInfo.value?.targets.find((known) => known.name === name) ?? null;
});

/** What the shown prediction is about, in words. */
export const shownAbout = computed(() => {
  const { value: known } = shownTarget;
  return known === null ? answer.value?.target : aboutText(modelInfo.value, known);
});

/** The family that the text was read as. */
export const shownFamily = computed<FamilyInfo | null>(() => {
  const name = answer.value?.family;
  return modelInfo.value?.families.find((known) => known.name === name) ?? null;
});
