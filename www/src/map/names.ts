// Families' names on the map, each where its points lie: colours alone do not tell thirteen apart.

import { toPixels, type Camera, type Place, type Size } from './camera';
import type { Points } from './points';
import { shortTitle } from './words';

/** A name and the middle of its family. */
export interface FamilyName {
  text: string;
  place: Place;
}

/** Narrower maps have no room for names. */
const NARROW = 560;
/** What a name takes up, about. */
const ROOM = { width: 100, height: 17 };
const FONT = '600 13px system-ui, sans-serif';

/** The name of each family, at the point of its own that is nearest to the median of all. */
export function familyNames({ families, x, y }: Points): FamilyName[] {
  let start = 0;
  return families.map(({ title, points }) => {
    const [xs, ys] = [x.slice(start, start + points), y.slice(start, start + points)];
    start += points;
    const [mx, my] = [median(xs), median(ys)];
    let nearest = 0;
    const square = (idx: number) => (xs[idx]! - mx) ** 2 + (ys[idx]! - my) ** 2;
    for (let idx = 1; idx < points; idx++) if (square(idx) < square(nearest)) nearest = idx;
    return { text: shortTitle(title), place: { x: xs[nearest] ?? 0, y: ys[nearest] ?? 0 } };
  });
}

function median(values: Float32Array): number {
  return Float32Array.from(values).sort()[values.length >> 1] ?? 0;
}

/** Writes the names of shown families, each below those that stand there already. */
export function drawNames(
  context: CanvasRenderingContext2D,
  names: readonly FamilyName[],
  { camera, size, ink, paper }: { camera: Camera; size: Size; ink: string; paper: string },
): void {
  if (size.width < NARROW) return;
  const taken: Place[] = [];
  context.font = FONT;
  context.textAlign = 'center';
  context.textBaseline = 'middle';
  context.lineJoin = 'round';
  context.lineWidth = 4;
  context.strokeStyle = paper;
  context.fillStyle = ink;
  for (const { text, place } of names) {
    const at = toPixels(camera, size, place);
    const isTaken = ({ x, y }: Place) =>
      Math.abs(x - at.x) < ROOM.width && Math.abs(y - at.y) < ROOM.height;
    while (taken.some(isTaken)) at.y += ROOM.height;
    taken.push(at);
    context.strokeText(text, at.x, at.y);
    context.fillText(text, at.x, at.y);
  }
}
