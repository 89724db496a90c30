// Parts of the points' picture, in pixels of the screen.

import type { Place, Size } from './camera';

/** A rectangle of the picture. */
export interface Part {
  left: number;
  top: number;
  width: number;
  height: number;
}

/** All of the picture. */
export function wholeOf({ size, density }: { size: Size; density: number }): Part {
  const [width, height] = [size.width, size.height].map((side) => Math.round(side * density));
  return { left: 0, top: 0, width: width!, height: height! };
}

/** What a picture that is pushed by whole pixels no longer covers: up to two stripes. */
export function uncovered({ width, height }: Part, push: Place): Part[] {
  const [wide, high] = [Math.min(Math.abs(push.x), width), Math.min(Math.abs(push.y), height)];
  const beside = { left: push.x > 0 ? 0 : width - wide, top: 0, width: wide, height };
  const across = { left: push.x > 0 ? wide : 0, top: push.y > 0 ? 0 : height - high, width: width - wide, height: high };
  return [beside, across].filter((part) => part.width > 0 && part.height > 0);
}
