// What the model said last: the last good prediction and, if the network is bad now, what is wrong.

import { computed, signal } from '@preact/signals';
import type { FamilyInfo, FileInfo, GennapeError, Note, Prediction, TargetInfo } from 'gennape';

import { aboutText, GENERAL } from '../format/targets';
import { modelInfo } from './session';
import { file, isBlank } from './source';

/** What is wrong, and with which text or file. */
export interface Problem {
  input: string | File;
  error: GennapeError;
}

/** The last good prediction; it stays while the network is bad. */
export const answer = signal<Prediction | null>(null);

/** What is wrong with the last network that was asked about, or null. */
export const problem = signal<Problem | null>(null);

/** What the file is that was last told, and which one that was. */
export const toldOf = signal<{ file: File; info: FileInfo } | null>(null);

/** What the file is, once that was told. */
export const fileInfo = computed<FileInfo | null>(() =>
  toldOf.value !== null && toldOf.value.file === file.value ? toldOf.value.info : null,
);

/** Whether an answer has been under way for so long that one should see it. */
export const isSlow = signal(false);

/** Whether the network is what is wrong, not what is asked of it or the model itself. */
export const isInputWrong = computed(() => {
  const kind = problem.value?.error.kind;
  return kind !== undefined && !['target', 'config', 'crashed'].includes(kind);
});

/** Whether the image's size is what is wrong. */
export const isSizeWrong = computed(() => problem.value?.error.kind === 'config');

/** Whether the model crashed on the network. */
export const hasCrashed = computed(() => problem.value?.error.kind === 'crashed');

/** Whether the shown prediction is an earlier network's. */
export const isStale = computed(
  () => answer.value !== null && (problem.value !== null || isBlank.value || isSlow.value),
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

/** The family that the network was read as. */
export const shownFamily = computed<FamilyInfo | null>(() => {
  const name = answer.value?.family;
  return modelInfo.value?.families.find((known) => known.name === name) ?? null;
});

/** What the network was read as, in words; null where there is no answer about it. */
export const readAs = computed(() => {
  if (answer.value === null || isStale.value) return null;
  if (file.value !== null) return fileInfo.value?.format ?? null;
  return shownFamily.value?.title ?? 'a graph of no known family';
});

/** Whether the shown prediction is for a target of another family than the network's. */
export const isForeign = computed(
  () => answer.value !== null && !isGeneral.value && answer.value.family !== (shownTarget.value?.family ?? null),
);

/** Whether the shown prediction is a general target's: of a network like any other. */
export const isGeneral = computed(() => shownTarget.value?.family === GENERAL);

const ABOUT_TRUST = ['nearest', 'outside', 'untrained'];

/** The notes on how far to trust the prediction. */
export const trustNotes = computed<Note[]>(() =>
  (answer.value?.notes ?? []).filter(({ kind }) => ABOUT_TRUST.includes(kind)),
);

/** The notes on how the network was read. */
export const readingNotes = computed<Note[]>(() =>
  (answer.value?.notes ?? []).filter(({ kind }) => !ABOUT_TRUST.includes(kind)),
);
