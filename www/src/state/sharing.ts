// 'Copy link': the one moment at which text and target go into the address.

import { signal } from '@preact/signals';

import { linkTo } from '../format/link';
import { text } from './source';
import { target } from './target';

const SAID_FOR_MS = 4_000;

/** What came of the last click, for a few seconds. */
export const said = signal('');

/** Puts text and target into the address and copies it. */
export async function copyLink(): Promise<void> {
  const link = linkTo({ text: text.value, target: target.value });
  history.replaceState(null, '', link);
  said.value = await copied(location.href);
  setTimeout(() => {
    said.value = '';
  }, SAID_FOR_MS);
}

async function copied(address: string): Promise<string> {
  try {
    await navigator.clipboard.writeText(address);
    return 'Link copied';
  } catch {
    return 'The link is in the address bar';
  }
}
