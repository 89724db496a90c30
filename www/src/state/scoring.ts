// Scores a list of networks in the worker, some at a time, so that other questions get their turn.
// A crash costs the one line that it happened on: the chunk is asked again line by line.

import { signal } from '@preact/signals';
import { GennapeError, type LineAnswer, type Prediction } from 'gennape';

import { listingOf, MAX_ENTRIES, type Entry } from '../format/listing';
import { grouped } from '../format/number';
import type { Progress } from '../format/progress';
import { readList } from './list-file';
import { add, empty, listed, rowOf, type Fault, type Row } from './list';
import { restartAfterCrash, whenReady } from './session';
import { forgetStanding } from './standing';
import { AUTO } from './target';

/** The model answers so long at a time. */
const CHUNK_MS = 60;
/** The most lines that it is sent for that. */
const MAX_CHUNK = 1024;

/** Rows are shown this often, but showing them (sorting, painting) is to take a tenth of the time. */
const SHOWN_EVERY_MS = 400;
const SHARE_OF_SHOWING = 10;

/** The target that the list is scored for. */
export const listTarget = signal(AUTO);

/** How far the scoring is, or null where none is under way. */
export const progress = signal<Progress | null>(null);

/** What is to be said about the list as a whole; empty where there is nothing. */
export const remark = signal('');

/** What has been asked for, to be asked again for another target. */
let asked: Entry[] = [];
let turn = 0;

/** Scores the networks of a text in addition to those that are there. */
export function scoreText(text: string): void {
  const { entries, isCut } = listingOf(text);
  take(entries, isCut);
  if (entries.length === 0) remark.value = 'There is no network in it; expected one a line.';
}

/** Scores the networks of files. */
export async function scoreFiles(files: readonly File[]): Promise<void> {
  for (const file of files) {
    try {
      scoreText(await readList(file));
    } catch (thrown) {
      remark.value = GennapeError.from(thrown).message;
    }
  }
}

/** Adds the network that a prediction is about. */
export function pin(source: string | File, name: string, prediction: Prediction): void {
  if (typeof source === 'string') asked.push({ line: 0, text: source, name });
  add([rowOf(source, name, prediction)], []);
}

/** Scores all networks of the list anew, for another target; those of files stay as they are. */
export function scoreFor(target: string): void {
  listTarget.value = target;
  const again = asked;
  const files = listed.peek().filter(({ source }) => source instanceof File);
  clearList();
  add(files, []);
  take(again, false);
}

/** Leaves the rest unscored; what is done stays. */
export function cancel(): void {
  turn++;
  if (progress.peek() === null) return;
  const { done, total } = progress.peek()!;
  progress.value = null;
  remark.value = `Stopped after ${grouped(done)} of ${grouped(total)}.`;
  add([], []);
}

/** Takes everything away. */
export function clearList(): void {
  cancel();
  asked = [];
  waiting = [];
  remark.value = '';
  forgetStanding();
  empty();
}

let waiting: Entry[] = [];

function take(entries: Entry[], isCut: boolean): void {
  const room = MAX_ENTRIES - asked.length;
  const taken = entries.slice(0, room);
  const isFull = isCut || taken.length < entries.length;
  remark.value = isFull ? `A list has at most ${grouped(MAX_ENTRIES)} networks; the rest was left out.` : '';
  if (taken.length === 0) return;
  asked = [...asked, ...taken];
  if (progress.peek() !== null) {
    waiting = [...waiting, ...taken];
    const now = progress.peek()!;
    progress.value = { ...now, total: now.total + taken.length };
    return;
  }
  waiting = taken.slice();
  progress.value = { done: 0, total: taken.length, elapsed: 0 };
  void score(++turn);
}

async function score(mine: number): Promise<void> {
  const begin = performance.now();
  let shown = begin;
  let patience = SHOWN_EVERY_MS;
  let size = 4;
  let careful = 0;
  let done = 0;
  while (done < waiting.length) {
    const chunk = waiting.slice(done, done + (careful > 0 ? 1 : size));
    const answers = await answersTo(chunk);
    if (turn !== mine) return;
    if (answers === 'crashed' && chunk.length > 1) {
      careful = chunk.length;
      continue;
    }
    const nDone = answers === 'crashed' ? 1 : answers.length;
    careful = Math.max(0, careful - nDone);
    done += nDone;
    size = Math.min(MAX_CHUNK, 2 * nDone);
    const now = performance.now();
    const isShown = now - shown > patience || done >= waiting.length;
    keep(chunk, answers === 'crashed' ? chunk.map(crashOf) : answers, isShown);
    if (isShown) {
      shown = performance.now();
      patience = Math.max(SHOWN_EVERY_MS, SHARE_OF_SHOWING * (shown - now));
    }
    progress.value = { done, total: waiting.length, elapsed: now - begin };
  }
  progress.value = null;
}

/** Answers to the first lines, as many as get done; a model that was started anew meanwhile is asked again. */
async function answersTo(chunk: readonly Entry[]): Promise<LineAnswer[] | 'crashed'> {
  const lines = chunk.map(({ line, text }) => ({ number: line, text }));
  const target = listTarget.peek() === AUTO ? undefined : listTarget.peek();
  for (;;) {
    try {
      const predictor = await whenReady();
      try {
        return await predictor.predictLines(lines, { target, milliseconds: CHUNK_MS });
      } catch (thrown) {
        const { kind } = GennapeError.from(thrown);
        if (kind === 'closed') continue;
        if (kind !== 'crashed') throw thrown;
        restartAfterCrash(predictor);
        return 'crashed';
      }
    } catch (thrown) {
      const error = GennapeError.from(thrown).toJSON();
      return lines.map(({ number }) => ({ id: number, error }));
    }
  }
}

function crashOf({ line }: Entry): LineAnswer {
  return { id: line, error: { kind: 'crashed', message: 'the model crashed on it; please report it' } };
}

function keep(chunk: readonly Entry[], answers: readonly LineAnswer[], isShown: boolean): void {
  const rows: Row[] = [];
  const faults: Fault[] = [];
  for (const [index, answer] of answers.entries()) {
    const { line, text, name: given } = chunk[index]!;
    const name = given ?? nameOf(answer.id, line);
    if ('error' in answer) faults.push({ line, name, message: answer.error.message });
    else rows.push(rowOf(text, name, answer));
  }
  add(rows, faults, isShown);
}

function nameOf(id: string | number, line: number): string {
  return id === line ? `Line ${line}` : String(id);
}
