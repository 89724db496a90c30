// Changes of an architecture in words and numbers.

import type { Change, Prediction } from 'gennape';

import { compact, grouped } from './number';

const MINUS = '\u2212';

/** One change as a row of a table. */
export interface ChangeRow {
  change: Change;
  words: string;
  gain: string;
  isGain: boolean;
  params: string;
  macs: string;
}

/** A change beside the prediction that it would change. */
export function changeRow(change: Change, now: Prediction): ChangeRow {
  const gain = change.accuracy - now.accuracy;
  return {
    change,
    words: change.change.charAt(0).toUpperCase() + change.change.slice(1),
    gain: signed((100 * Math.abs(gain)).toFixed(2), gain),
    isGain: gain > 0,
    params: difference(change.params, now.params),
    macs: difference(change.macs, now.macs),
  };
}

/** What the list holds. */
export function changesLead(nAsked: number, total: number, nGains: number): string {
  if (nAsked < total) return `${grouped(nAsked)} of ${grouped(total)} one-step changes judged.`;
  const better = nGains === 0 ? 'None would help' : `${grouped(nGains)} would help`;
  return `${better}, of all ${grouped(total)} one-step changes. A click applies one.`;
}

function difference(after: number, before: number): string {
  return signed(compact(Math.abs(after - before)), after - before);
}

function signed(size: string, value: number): string {
  return /^[0.]+$/.test(size) ? '0' : (value < 0 ? MINUS : '+') + size;
}
