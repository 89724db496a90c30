// How much to trust a prediction, in words: how far the network is from all that was learned, and
// how well the target is predicted on networks not trained on.

import type { TargetInfo } from 'gennape';

import { grouped, share } from './number';
import { GENERAL } from './targets';

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

/** Whose a target is: of the network's own family, of another, or of networks of no family. */
export type Bond = 'own' | 'foreign' | 'general';

/** The nearness as a headline, by whose the target is. */
const HEADLINES: Record<Nearness, Record<Bond, string>> = {
  inside: {
    own: 'Inside the known family',
    foreign: 'Outside the known families, but like them',
    general: 'Of no known family, but like networks it learned from',
  },
  edge: {
    own: 'At the edge of the known family',
    foreign: 'Outside the known families',
    general: 'Of no known family, and unlike most it learned from',
  },
  far: {
    own: 'Far from all that the model learned',
    foreign: 'Outside the known families, and far from them',
    general: 'Of no known family, and unlike all it learned from',
  },
};

/** The headline for a network. */
export function headlineOf(novelty: number, bond: Bond): string {
  return HEADLINES[nearnessOf(novelty)][bond];
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
  const { family, networks, held_out, spearman, mae, coverage } = target;
  const learned = `Learned from ${grouped(networks)} networks`;
  const figures = [
    spearman !== null && `rank correlation ${spearman.toFixed(3)}`,
    mae !== null && `off by ${(mae * 100).toFixed(2)} points on average`,
    coverage !== null && `${share(coverage)} inside their interval`,
  ].filter((figure) => figure !== false);
  if (figures.length === 0) return `${learned}; not yet checked on others.`;
  // those of a general target are cross-validated: no network is kept from it in the end
  const judged = family === GENERAL ? 'Each judged without those of its kind' : `On ${grouped(held_out)} others`;
  return `${learned}. ${judged}: ${figures.join(', ')}.`;
}
