// What a person does with adapted targets: use, save, forget.

import { saveBlob } from '../support/save';
import { adapted, forgetAdapted } from './adapted';
import { startSession } from './session';
import { openTab } from './tab';
import { AUTO, target } from './target';

/** Predicts with a target from now on. */
export function useTarget(name: string): void {
  target.value = name;
  openTab('predict');
}

/** Hands a target over as a file, which `Open a table or a saved target` takes back. */
export function saveTarget(name: string): void {
  const bytes = adapted.peek().get(name);
  if (bytes === undefined) return;
  saveBlob(`${name.replace(/^.*\//, '')}.gennape`, new Blob([bytes as BlobPart]));
}

/** Forgets a target; the model is started anew, without it. */
export async function forgetTarget(name: string): Promise<void> {
  await forgetAdapted(name);
  if (target.peek() === name) target.value = AUTO;
  await startSession();
}
