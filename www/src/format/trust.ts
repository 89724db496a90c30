// How much to trust a prediction, in words: how far the network is from all that was learned, and
// how well the target is predicted on networks not trained on.

import type { TargetInfo } from 'gennape';

import { grouped, share } from './number';

/** How near a network is to those that the model learned from. */
export type Nearness = 'inside' | 'edge' | 'far';

/** Of ten validation networks, nine are inside. */
const EDGE_FROM = 0.9;
const FAR_FROM = 0.99;

/** The nearness that a novelty (share of validation networks that lie nearer) means. */
export function nearnessOf(novelty: number): Nearness {
  if (novelty <= EDGE_FROM) return 'inside';
  return novelty <= FAR_FROM ? 'edge' : 'far';
}

/** The nearness as a headline, for networks of the target's own family and of another or none. */
const HEADLINES: Record<Nearness, { own: string; foreign: string }> = {
  inside: { own: 'Inside the known family', foreign: 'Outside the known families, but like them' },
  edge: { own: 'At the edge of the known family', foreign: 'Outside the known families' },
  far: {
    own: 'Far from all that the model learned',
    foreign: 'Outside the known families, and far from them',
  },
};

/** The headline for a network; `isForeign` where its family is not the target's. */
export function headlineOf(novelty: number, isForeign: boolean): string {
  const { own, foreign } = HEADLINES[nearnessOf(novelty)];
  return isForeign ? foreign : own;
}

/** What the novelty counts, as a sentence. */
export function noveltySentence(novelty: number, isForeign: boolean): string {
  const farther = `${share(1 - novelty)} lie farther from what it learned than this one`;
  const advice = {
    inside: 'the interval should hold nine times in ten',
    edge: 'the interval may be too narrow',
    far: 'take this number as a guess',
  }[nearnessOf(novelty)];
  const foreign = 'it may rank networks, but is no number to expect';
  return `Of the networks that the model was checked on, ${farther}: ${isForeign ? foreign : advice}.`;
}

/** How good the model is for a target, where that was measured. */
export function recordSentence(target: TargetInfo): string {
  const { networks, held_out, spearman, mae, coverage } = target;
  const learned = `Learned from ${grouped(networks)} networks`;
  const figures = [
    spearman !== null && `rank correlation ${spearman.toFixed(3)}`,
    mae !== null && `off by ${(mae * 100).toFixed(2)} points on average`,
    coverage !== null && `${share(coverage)} inside their interval`,
  ].filter((figure) => figure !== false);
  if (figures.length === 0) return `${learned}; not yet checked on others.`;
  return `${learned}. On ${grouped(held_out)} others: ${figures.join(', ')}.`;
}
