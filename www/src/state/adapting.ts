// Adapting the model to networks that a person measured: from the table to a target that is kept.

import { signal } from '@preact/signals';
import { GennapeError, type Adaptation, type AdaptProgress } from 'gennape';

import { measuredOf } from '../format/measured';
import { keepAdapted } from './adapted';
import { readList } from './list-file';
import { addTarget, restartAfterCrash, whenReady } from './session';

/** What a name may be: it becomes the second half of `adapted/NAME`. */
const NAME = /^[\w.+-]+$/;

/** The table, as typed, pasted or dropped. */
export const table = signal('');

/** What the target is to be called: the data set that was measured on. */
export const name = signal('mine');

/** How far the adaptation is, or null where none is under way. */
export const progress = signal<AdaptProgress | null>(null);

/** What came of the last one. */
export const outcome = signal<Adaptation | null>(null);

/** What is wrong, and in which line of the table where it is one. */
export interface Fault {
  message: string;
  line: number | null;
}

/** What is wrong with the last table or file, or null. */
export const fault = signal<Fault | null>(null);

/** What is to be said besides; empty where there is nothing. */
export const said = signal('');

let controller = new AbortController();

/** Takes the text of dropped or picked files: an adapted target is added, anything else is a table. */
export async function takeFiles(files: readonly File[]): Promise<void> {
  for (const file of files) {
    try {
      if (/\.gennape$/i.test(file.name)) await bring(file);
      else table.value = await readList(file);
    } catch (thrown) {
      fault.value = faultOf(thrown, []);
    }
  }
}

/** Learns from the table. */
export async function adapt(): Promise<void> {
  cancel();
  fault.value = null;
  outcome.value = null;
  said.value = '';
  const dataset = name.peek().trim();
  if (!NAME.test(dataset)) {
    const message = `\`${dataset}\` is no name; expected letters, digits, and . + - _`;
    fault.value = { message, line: null };
    return;
  }
  const { records, lines } = measuredOf(table.peek(), dataset);
  controller = new AbortController();
  const { signal: own } = controller;
  progress.value = { what: 'reading', done: 0, total: 1 };
  try {
    const done = await learn(records, dataset, own);
    if (own.aborted) return;
    outcome.value = done;
    await addTarget(done.bytes);
    const isKept = await keepAdapted(done.target, done.bytes);
    said.value = isKept ? '' : 'This browser keeps nothing: save the target as a file.';
  } catch (thrown) {
    if (!own.aborted) fault.value = faultOf(thrown, lines);
  } finally {
    if (controller.signal === own) progress.value = null;
  }
}

/** Places are counted in the records; the table's own lines are what a person knows. */
function faultOf(thrown: unknown, lines: readonly number[]): Fault {
  const { message, line } = GennapeError.from(thrown);
  return { message, line: line === undefined ? null : (lines[line - 1] ?? null) };
}

/** Stops learning. */
export function cancel(): void {
  if (progress.peek() !== null) said.value = 'Stopped; nothing was changed.';
  controller.abort();
  progress.value = null;
}

async function learn(records: string, dataset: string, own: AbortSignal): Promise<Adaptation> {
  const predictor = await whenReady();
  const onProgress = (now: AdaptProgress) => {
    if (!own.aborted) progress.value = now;
  };
  try {
    return await predictor.adapt(records, { dataset, signal: own, onProgress });
  } catch (thrown) {
    const error = GennapeError.from(thrown);
    if (error.kind === 'crashed') restartAfterCrash(predictor);
    throw thrown;
  }
}

/** Adds a target that was saved as a file. */
async function bring(file: File): Promise<void> {
  const bytes = new Uint8Array(await file.arrayBuffer());
  const before = new Set((await whenReady()).info().targets.map((target) => target.name));
  await addTarget(bytes);
  const after = (await whenReady()).info().targets;
  const added = after.find((target) => !before.has(target.name))?.name ?? file.name.replace(/\.gennape$/i, '');
  await keepAdapted(added, bytes);
  said.value = `${added} can be chosen as a target now.`;
}
