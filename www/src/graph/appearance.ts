// How boxes and lines look: the same on screen and in saved pictures.

import { kindOf, type Kind } from '../format/op';
import type { Line } from './layout';
import { isGroup, type ItemId, type Outline } from './outline';
import type { Colouring } from './state';

/** Steps of the colours that stand for cost. */
export const HEATS = 6;

/** A box's colour by name: a kind of operator, a step of cost, or a group. */
export type Colour = Kind | 'group' | `heat-${number}`;

/** The colour of an item. */
export function colourOf(outline: Outline, item: ItemId, colouring: Colouring): Colour {
  if (colouring === 'cost') return heatOf(outline, item);
  return isGroup(outline, item) ? 'group' : kindOf(outline.inspection.layers[item]!.op);
}

/** The step of an item's share of the multiply-adds: by its root, for shares differ a lot. */
function heatOf({ macs, inspection }: Outline, item: ItemId): Colour {
  const ofAll = macs[item]! / Math.max(1, inspection.graph_macs);
  return `heat-${Math.min(HEATS - 1, Math.ceil(Math.sqrt(ofAll) * (HEATS - 1)))}`;
}

/** A line as an SVG path: through the middles of its points' stretches, rounded at the points. */
export function pathOf({ points }: Line): string {
  const n = points.length / 2;
  const at = (idx: number) => `${round(points[2 * idx]!)} ${round(points[2 * idx + 1]!)}`;
  const middle = (idx: number) =>
    `${round((points[2 * idx]! + points[2 * idx + 2]!) / 2)} ${round((points[2 * idx + 1]! + points[2 * idx + 3]!) / 2)}`;
  if (n < 3) return `M${at(0)}L${at(n - 1)}`;
  let path = `M${at(0)}L${middle(0)}`;
  for (let idx = 1; idx < n - 1; idx++) path += `Q${at(idx)} ${middle(idx)}`;
  return `${path}L${at(n - 1)}`;
}

function round(value: number): number {
  return Math.round(value * 10) / 10;
}
