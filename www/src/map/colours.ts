// Colours of points, light and dark, that colour-blind readers can tell apart. Seven colours twice, as
// discs and as squares, are the families; cividis (Nuñez et al., 2018) are the accuracies.

import type { Points } from './points';

/** What colours stand for. */
export type ColourBy = 'family' | 'cluster' | 'accuracy';

/** A colour and a shape for each point, by index. */
export interface Paint {
  /** The looks there are. */
  looks: readonly Look[];
  /** The look of each point. */
  look: Uint8Array;
}

/** How a point is drawn. */
export interface Look {
  colour: string;
  isSquare: boolean;
}

const LIGHT = ['#332288', '#1f9bc4', '#117733', '#b39a2c', '#cc4b5f', '#882255', '#e08214'];
const DARK = ['#8f85e0', '#7fd0ee', '#4fb873', '#ddcc77', '#ef7f8f', '#c9609a', '#f5a54a'];
const CIVIDIS = ['#00224e', '#2b446e', '#575d6d', '#7d7c78', '#a59c74', '#d2c060', '#fee838'];
const NONE = { light: '#b4bdc1', dark: '#4b575c' };

/** The look of the family or cluster at `idx`. */
export function lookOf(idx: number, isDark: boolean): Look {
  const colours = isDark ? DARK : LIGHT;
  return { colour: colours[idx % colours.length]!, isSquare: idx >= colours.length };
}

/** Colours from the lowest accuracy to the highest: the highest stands out from the paper. */
export function accuracyColours(isDark: boolean): readonly string[] {
  return isDark ? CIVIDIS : [...CIVIDIS].reverse();
}

/** The look of every point. */
export function paint(
  points: Points,
  { by, rank, isDark }: { by: ColourBy; rank: Float32Array; isDark: boolean },
): Paint {
  if (by === 'accuracy') return paintAccuracy(points, rank, isDark);
  const count = by === 'family' ? points.families.length : points.clusters;
  const looks = Array.from({ length: count }, (_, idx) => lookOf(idx, isDark));
  return { looks, look: by === 'family' ? points.family : points.cluster };
}

function paintAccuracy(points: Points, rank: Float32Array, isDark: boolean): Paint {
  const colours = accuracyColours(isDark);
  const none = isDark ? NONE.dark : NONE.light;
  const looks = [...colours, none].map((colour) => ({ colour, isSquare: false }));
  const look = new Uint8Array(points.count);
  rank.forEach((share, idx) => {
    look[idx] = Number.isNaN(share)
      ? colours.length
      : Math.min(Math.floor(share * colours.length), colours.length - 1);
  });
  return { looks, look };
}
