// Where an accuracy stands in its family, in words.

import { share } from './number';

/** How much of a family lies below, as a sentence; of the better half, how much lies above. */
export function rankSentence(rank: number, family: string, isForeign: boolean): string {
  const place = rank >= 0.5 ? `better than ${share(rank)}` : `worse than ${share(1 - rank)}`;
  const sentence = isForeign ? `if it were one of ${family}, ${place}` : `${place} of ${family}`;
  return sentence.charAt(0).toUpperCase() + sentence.slice(1);
}
