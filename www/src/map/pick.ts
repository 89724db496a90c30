// Which points are meant: the one under the pointer, those nearest to a place, those inside a loop.
// All points are looked at; for 20,000 that takes a fraction of a millisecond.

import type { Place } from './camera';
import type { Points } from './points';

/** The nearest shown point within `radius` of a place, or null. */
export function pointAt(
  points: Points,
  isShown: readonly boolean[],
  { place, radius }: { place: Place; radius: number },
): number | null {
  let nearest: number | null = null;
  let least = radius * radius;
  for (let idx = 0; idx < points.count; idx++) {
    if (!isShown[points.family[idx]!]) continue;
    const square = squared(points, idx, place);
    if (square > least) continue;
    least = square;
    nearest = idx;
  }
  return nearest;
}

/** The `count` shown points nearest to a place, the nearest first. */
export function nearestTo(
  points: Points,
  isShown: readonly boolean[],
  { place, count }: { place: Place; count: number },
): number[] {
  const nearest: { idx: number; square: number }[] = [];
  for (let idx = 0; idx < points.count; idx++) {
    if (!isShown[points.family[idx]!]) continue;
    const square = squared(points, idx, place);
    if (nearest.length === count && square >= nearest[count - 1]!.square) continue;
    if (nearest.length === count) nearest.pop();
    const after = nearest.findIndex((other) => other.square > square);
    nearest.splice(after < 0 ? nearest.length : after, 0, { idx, square });
  }
  return nearest.map(({ idx }) => idx);
}

/** The shown points inside a closed loop. */
export function inside(
  points: Points,
  isShown: readonly boolean[],
  loop: readonly Place[],
): number[] {
  const found: number[] = [];
  for (let idx = 0; idx < points.count; idx++) {
    if (!isShown[points.family[idx]!]) continue;
    if (isInside(loop, points.x[idx]!, points.y[idx]!)) found.push(idx);
  }
  return found;
}

function squared({ x, y }: Points, idx: number, place: Place): number {
  return (x[idx]! - place.x) ** 2 + (y[idx]! - place.y) ** 2;
}

/** Whether a ray from the place to the right crosses the loop an odd number of times. */
function isInside(loop: readonly Place[], x: number, y: number): boolean {
  let odd = false;
  let before = loop[loop.length - 1]!;
  for (const corner of loop) {
    const crosses = corner.y > y !== before.y > y;
    if (crosses && x < ((before.x - corner.x) * (y - corner.y)) / (before.y - corner.y) + corner.x) {
      odd = !odd;
    }
    before = corner;
  }
  return odd;
}
