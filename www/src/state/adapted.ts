// The targets that were adapted here or brought as files: kept in the browser, and given to the model
// each time it starts.

import { signal } from '@preact/signals';
import type { Predictor } from 'gennape';

import { allKept, forget, keep } from '../support/store';

/** An adapted target's file, by the target's name. */
export const adapted = signal<ReadonlyMap<string, Uint8Array>>(new Map());

/** Those that are kept but belong to other weights. */
export const unusable = signal<readonly string[]>([]);

let isRead = false;

/** Gives a model that has just started all adapted targets. */
export async function addAllAdapted(predictor: Predictor): Promise<void> {
  if (!isRead) adapted.value = await allKept();
  isRead = true;
  const refused: string[] = [];
  for (const [name, bytes] of adapted.peek()) {
    try {
      await predictor.addAdapted(bytes);
    } catch {
      refused.push(name); // of other weights than these
    }
  }
  unusable.value = refused;
}

/** Keeps a target; says whether it outlives this visit. */
export async function keepAdapted(name: string, bytes: Uint8Array): Promise<boolean> {
  adapted.value = new Map([...adapted.peek(), [name, bytes]]);
  return keep(name, bytes);
}

/** Forgets a target; the model must be started anew to lose it. */
export async function forgetAdapted(name: string): Promise<void> {
  adapted.value = new Map([...adapted.peek()].filter(([other]) => other !== name));
  await forget(name);
}
