// Points in words.

import { percent, withSign } from '../format/number';
import type { Points } from './points';

/** A family's title without what stands in brackets. */
export function shortTitle(title: string): string {
  return title.replace(/ \(.*\)$/, '');
}

/** What a point is: its family, and its accuracy where one is predicted. */
export function aboutPoint(points: Points, idx: number): { title: string; accuracy: string | null } {
  const accuracy = points.accuracy[idx]!;
  return {
    title: shortTitle(points.families[points.family[idx]!]!.title),
    accuracy: Number.isNaN(accuracy) ? null : withSign(percent(accuracy)),
  };
}

/** How many networks are chosen, of how many families. */
export function aboutChosen(points: Points, chosen: readonly number[]): string {
  const families = new Set(chosen.map((idx) => points.family[idx]!)).size;
  const networks = chosen.length === 1 ? '1 network' : `${chosen.length} networks`;
  return families > 1 ? `${networks} of ${families} families` : networks;
}
