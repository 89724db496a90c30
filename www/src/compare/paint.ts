// Draws the plot of accuracy against cost on two canvases: all points below, the marked ones above.

import type { Axis } from '../format/axis';
import { rounded } from '../format/number';
import type { Row } from '../state/list';
import type { CostKey } from '../state/standing';
import type { Frame } from '../state/plot';

/** Room around the points, for the axes' words. */
const EDGE = { left: 44, right: 12, top: 10, bottom: 26 };

/** The plot's colours, from the theme. */
export interface Colours {
  ink: string;
  quiet: string;
  faint: string;
  hair: string;
  accent: string;
}

/** Where each plotted row lies, in pixels of the page. */
export interface Places {
  indices: readonly number[];
  x: Float32Array;
  y: Float32Array;
}

/** The theme's colours as they are now. */
export function coloursOf(element: HTMLElement): Colours {
  const style = getComputedStyle(element);
  const get = (name: string) => style.getPropertyValue(`--${name}`).trim();
  return {
    ink: get('ink'),
    quiet: get('quiet'),
    faint: get('faint'),
    hair: get('hair'),
    accent: get('accent'),
  };
}

/** Where the rows lie in a plot of `width` by `height`. */
export function placesOf(
  rows: readonly Row[],
  indices: readonly number[],
  key: CostKey,
  { cost, accuracy }: Frame,
  width: number,
  height: number,
): Places {
  const x = Float32Array.from(indices, (index) => across(cost.place(rows[index]![key]), width));
  const y = Float32Array.from(indices, (index) => down(accuracy.place(rows[index]!.accuracy), height));
  return { indices, x, y };
}

/** Sizes a canvas for the screen's pixels and gives it empty. */
export function cleared(canvas: HTMLCanvasElement, width: number, height: number) {
  const scale = devicePixelRatio;
  canvas.width = Math.round(width * scale);
  canvas.height = Math.round(height * scale);
  const context = canvas.getContext('2d')!;
  context.scale(scale, scale);
  return context;
}

/** Axes and their words. */
export function paintAxes(
  context: CanvasRenderingContext2D,
  frame: Frame,
  colours: Colours,
  font: string,
  width: number,
  height: number,
): void {
  context.font = font;
  context.fillStyle = colours.quiet;
  context.strokeStyle = colours.hair;
  context.lineWidth = 1;
  context.textBaseline = 'middle';
  context.textAlign = 'right';
  for (const tick of frame.accuracy.ticks) {
    const y = Math.round(down(frame.accuracy.place(tick), height)) + 0.5;
    line(context, EDGE.left, y, width - EDGE.right, y);
    context.fillText(accuracyText(tick, frame.accuracy), EDGE.left - 6, y);
  }
  context.textBaseline = 'top';
  context.textAlign = 'center';
  let free = -Infinity;
  for (const tick of frame.cost.ticks) {
    const x = Math.round(across(frame.cost.place(tick), width)) + 0.5;
    line(context, x, height - EDGE.bottom, x, height - EDGE.bottom + 4);
    const words = rounded(tick);
    const half = context.measureText(words).width / 2;
    if (x - half < free || x + half > width) continue;
    context.fillText(words, x, height - EDGE.bottom + 8);
    free = x + half + 8;
  }
}

/** All points, and the line of those that nobody beats. */
export function paintPoints(
  context: CanvasRenderingContext2D,
  places: Places,
  front: ReadonlySet<number>,
  colours: Colours,
): void {
  const size = places.indices.length > 5000 ? 2 : 3;
  context.fillStyle = colours.faint;
  for (let at = 0; at < places.indices.length; at++) {
    context.fillRect(places.x[at]! - size / 2, places.y[at]! - size / 2, size, size);
  }
  const onFront = [...places.indices.keys()].filter((at) => front.has(places.indices[at]!));
  onFront.sort((a, b) => places.x[a]! - places.x[b]! || places.y[b]! - places.y[a]!);
  context.strokeStyle = colours.accent;
  context.fillStyle = colours.accent;
  context.lineWidth = 1.5;
  context.beginPath();
  for (const [step, at] of onFront.entries()) {
    if (step > 0) context.lineTo(places.x[at]!, places.y[onFront[step - 1]!]!);
    context.lineTo(places.x[at]!, places.y[at]!);
  }
  context.stroke();
  for (const at of onFront) disc(context, places.x[at]!, places.y[at]!, 3);
}

/** A ring around each marked row that is plotted; the one pointed at is filled. */
export function paintMarks(
  context: CanvasRenderingContext2D,
  places: Places,
  marked: readonly number[],
  current: number | null,
  colours: Colours,
): void {
  context.strokeStyle = colours.ink;
  context.fillStyle = colours.ink;
  context.lineWidth = 1.5;
  for (const index of current === null ? marked : [...marked, current]) {
    const at = places.indices.indexOf(index);
    if (at === -1) continue;
    context.beginPath();
    context.arc(places.x[at]!, places.y[at]!, 7, 0, 2 * Math.PI);
    context.stroke();
    if (index === current) disc(context, places.x[at]!, places.y[at]!, 3);
  }
}

/** The row nearest to a place, within reach of a pointer; else null. */
export function nearestTo(places: Places, x: number, y: number, reach: number): number | null {
  let best: number | null = null;
  let least = reach * reach;
  for (let at = 0; at < places.indices.length; at++) {
    const distance = (places.x[at]! - x) ** 2 + (places.y[at]! - y) ** 2;
    if (distance < least) {
      least = distance;
      best = places.indices[at]!;
    }
  }
  return best;
}

function across(place: number, width: number): number {
  return EDGE.left + place * (width - EDGE.left - EDGE.right);
}

function down(place: number, height: number): number {
  return height - EDGE.bottom - place * (height - EDGE.top - EDGE.bottom);
}

function accuracyText(tick: number, { ticks }: Axis): string {
  const step = (ticks[1]! - ticks[0]!) * 100;
  return (tick * 100).toFixed(step < 0.1 ? 2 : step < 1 ? 1 : 0);
}

function line(context: CanvasRenderingContext2D, x1: number, y1: number, x2: number, y2: number): void {
  context.beginPath();
  context.moveTo(x1, y1);
  context.lineTo(x2, y2);
  context.stroke();
}

function disc(context: CanvasRenderingContext2D, x: number, y: number, radius: number): void {
  context.beginPath();
  context.arc(x, y, radius, 0, 2 * Math.PI);
  context.fill();
}
