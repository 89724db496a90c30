// What part of the plane is seen: pure arithmetic between the plane and the pixels of the canvas.

/** A place, in the plane or in pixels. */
export interface Place {
  x: number;
  y: number;
}

/** Pixels of the canvas, as CSS counts them. */
export interface Size {
  width: number;
  height: number;
}

/** The place of the plane in the canvas's middle, and pixels a unit. */
export interface Camera extends Place {
  scale: number;
}

const MARGIN = 24;
const FARTHEST = 0.4;
const NEAREST = 60;

/** The camera that sees all places. */
export function home(places: readonly Place[], size: Size): Camera {
  const xs = ends(places.map(({ x }) => x));
  const ys = ends(places.map(({ y }) => y));
  const scale = Math.min(
    (size.width - 2 * MARGIN) / Math.max(xs.high - xs.low, 1e-6),
    (size.height - 2 * MARGIN) / Math.max(ys.high - ys.low, 1e-6),
  );
  return { x: (xs.low + xs.high) / 2, y: (ys.low + ys.high) / 2, scale: Math.max(scale, 1) };
}

function ends(values: readonly number[]): { low: number; high: number } {
  return { low: Math.min(...values), high: Math.max(...values) };
}

/** Where a place of the plane is in the canvas. */
export function toPixels(camera: Camera, size: Size, { x, y }: Place): Place {
  return {
    x: (x - camera.x) * camera.scale + size.width / 2,
    y: (y - camera.y) * camera.scale + size.height / 2,
  };
}

/** What place of the plane is at a pixel. */
export function toPlane(camera: Camera, size: Size, { x, y }: Place): Place {
  return {
    x: (x - size.width / 2) / camera.scale + camera.x,
    y: (y - size.height / 2) / camera.scale + camera.y,
  };
}

/** The camera after the plane was pushed by some pixels. */
export function pushed(camera: Camera, { x, y }: Place): Camera {
  return { ...camera, x: camera.x - x / camera.scale, y: camera.y - y / camera.scale };
}

/** The camera `factor` times nearer, within bounds; what is at the pixel `at` stays there. */
export function zoomed(
  camera: Camera,
  { size, at, factor, home }: { size: Size; at: Place; factor: number; home: Camera },
): Camera {
  const wished = camera.scale * factor;
  const scale = Math.min(Math.max(wished, home.scale * FARTHEST), home.scale * NEAREST);
  const held = toPlane(camera, size, at);
  const nearer = { ...camera, scale };
  const now = toPlane(nearer, size, at);
  return { scale, x: camera.x + held.x - now.x, y: camera.y + held.y - now.y };
}
