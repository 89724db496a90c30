// What every one-step change of the shown architecture would do. Asked a few at a time, once the
// prediction rests and somebody looks; a newer prediction ends the asking.

import { computed, effect, signal } from '@preact/signals';
import type { Change, Prediction, Predictor } from 'gennape';

import { failedBeside } from './asking';
import { answer, isStale } from './outcome';
import { session } from './session';
import { inputSize } from './size';
import { file, takeText, text } from './source';

const REST_MS = 250;
/** About as long as one question may keep a newer one waiting. */
const PIECE_MS = 30;
const FIRST_PIECE = 4;

/** The changes judged so far, and of how many. */
export interface Judged {
  of: Prediction;
  total: number;
  nAsked: number;
  changes: Change[];
}

/** Whether the list was ever in sight. */
export const areChangesSeen = signal(false);

/** The judged changes of the newest prediction that has any; null before. */
export const judged = signal<Judged | null>(null);

/** Whether the shown changes are those of an earlier prediction. */
export const areChangesStale = computed(
  () => judged.value !== null && (judged.value.of !== answer.value || isStale.value),
);

/** The texts that applied changes took the place of, newest last. */
const before = signal<readonly string[]>([]);

/** Whether there is a change to take back. */
export const canTakeBack = computed(() => before.value.length > 0 && file.value === null);

/** Puts a change into the editor. */
export function applyChange(change: Change): void {
  before.value = [...before.value, text.peek()];
  takeText(change.text);
}

/** Puts back what was there before the last change. */
export function takeBack(): void {
  const last = before.value.at(-1);
  if (last === undefined) return;
  before.value = before.value.slice(0, -1);
  takeText(last);
}

/** Starts to judge; goes on for the page's life. */
export function keepJudging(): void {
  let rest: ReturnType<typeof setTimeout> | undefined;
  effect(() => {
    clearTimeout(rest);
    const { value: now } = session;
    const { value: prediction } = answer;
    if (now.phase !== 'ready' || prediction === null || prediction.text === null) return;
    if (!areChangesSeen.value || isStale.value || judged.peek()?.of === prediction) return;
    rest = setTimeout(() => void judge(now.predictor, prediction), REST_MS);
  });
}

/** Asks piece by piece, each about as long as a person does not notice. */
async function judge(predictor: Predictor, of: Prediction): Promise<void> {
  const isWanted = () => answer.peek() === of;
  let count = FIRST_PIECE;
  let found: Judged = { of, total: Infinity, nAsked: 0, changes: [] };
  while (found.nAsked < found.total && isWanted()) {
    const begin = performance.now();
    const piece = await pieceOf(predictor, of, found.nAsked, count);
    if (piece === null || !isWanted()) return;
    found = {
      of,
      total: piece.total,
      nAsked: Math.min(found.nAsked + count, piece.total),
      changes: sorted([...found.changes, ...piece.changes]),
    };
    judged.value = found;
    const pace = PIECE_MS / Math.max(performance.now() - begin, 1);
    count = Math.min(64, Math.max(1, Math.round(count * pace)));
  }
}

/** Some changes, or null where they can't be had: what is wrong is told beside the prediction. */
async function pieceOf(predictor: Predictor, of: Prediction, first: number, count: number) {
  const size = inputSize.peek();
  const options = { target: of.target, inputSize: size === '' ? undefined : size };
  try {
    return await predictor.changes(of.text!, { ...options, first, count });
  } catch (thrown) {
    failedBeside(predictor, thrown);
    return null;
  }
}

function sorted(changes: Change[]): Change[] {
  return changes.sort((a, b) => b.accuracy - a.accuracy);
}
