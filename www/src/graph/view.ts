// The part of the drawing that is on screen: place and scale, moved by pointer, wheel and keys.

import { computed, signal } from '@preact/signals';

import { drawing } from './drawn';
import type { Box } from './layout';

/** Smallest and largest scale. */
const LEAST = 0.02;
const MOST = 4;
/** Free space around the drawing, in pixels. */
const BORDER = 24;
/** Below this scale nobody can read a box. */
const READABLE = 0.35;
/** Boxes that are drawn one by one at most. */
const MANY_BOXES = 700;

/** Where the drawing's corner is on screen, and its scale. */
export interface View {
  x: number;
  y: number;
  scale: number;
}

/** The view. */
export const view = signal<View>({ x: BORDER, y: BORDER, scale: 1 });

/** The frame's size in pixels. */
export const frame = signal({ width: 0, height: 0 });

/** The view as an SVG transform. */
export const transform = computed(() => {
  const { x, y, scale } = view.value;
  return `translate(${x} ${y}) scale(${scale})`;
});

/** The scale as a person reads it. */
export const scaleText = computed(() => `${Math.round(view.value.scale * 100)}\u00a0%`);

/** The stretch of the drawing to draw, in steps, so that it stays equal while one moves a little. */
const tile = computed(() => {
  const { x, y, scale } = view.value;
  const { width, height } = frame.value;
  const [w, h] = [width / scale, height / scale];
  const column = Math.floor(-x / scale / (w / 2));
  const row = Math.floor(-y / scale / (h / 2));
  // the sizes change with the scale alone, which is seldom; in thirds of an octave
  const zoom = 2 ** (Math.floor(Math.log2(scale) * 3) / 3);
  return `${column} ${row} ${zoom} ${width} ${height}`;
});

/** The boxes on screen and around it. */
export const boxesInSight = computed<Box[]>(() => {
  void tile.value;
  const { x, y, scale } = view.peek();
  const { width, height } = frame.peek();
  const [w, h] = [width / scale, height / scale];
  const [left, top] = [-x / scale - w, -y / scale - h];
  return (drawing.value?.boxes ?? []).filter(
    (box) =>
      box.x < left + 3 * w && box.x + box.width > left && box.y < top + 3 * h && box.y + box.height > top,
  );
});

/** Whether so much is on screen, or so small, that boxes are mere spots. */
export const isFar = computed(() => {
  const isSmall = view.value.scale < READABLE;
  return boxesInSight.value.length > (isSmall ? MANY_BOXES / 3 : MANY_BOXES);
});

/** Moves the drawing. */
export function pan(dx: number, dy: number): void {
  const { x, y, scale } = view.peek();
  view.value = kept({ x: x + dx, y: y + dy, scale });
}

/** Scales the drawing; the point at `x`, `y` of the frame stays. */
export function zoom(factor: number, at?: { x: number; y: number }): void {
  const { x, y, scale } = view.peek();
  const { width, height } = frame.peek();
  const fixed = at ?? { x: width / 2, y: height / 2 };
  const next = Math.min(MOST, Math.max(LEAST, scale * factor));
  const ratio = next / scale;
  view.value = kept({
    x: fixed.x - (fixed.x - x) * ratio,
    y: fixed.y - (fixed.y - y) * ratio,
    scale: next,
  });
}

/** Shows all of the drawing. */
export function fit(): void {
  const { width, height } = frame.peek();
  const whole = drawing.peek();
  if (whole === null || width === 0) return;
  const scale = Math.min(
    1,
    (width - 2 * BORDER) / whole.width,
    (height - 2 * BORDER) / whole.height,
  );
  centreOn({ x: 0, y: 0, width: whole.width, height: whole.height }, Math.max(LEAST, scale));
}

/** Shows the drawing's top, as large as its width allows. */
export function goHome(): void {
  const { width } = frame.peek();
  const whole = drawing.peek();
  if (whole === null || width === 0) return;
  const scale = Math.min(1, Math.max(READABLE * 1.6, (width - 2 * BORDER) / whole.width));
  view.value = { x: (width - whole.width * scale) / 2, y: BORDER, scale };
}

/** A rectangle of the drawing. */
type Area = Pick<Box, 'x' | 'y' | 'width' | 'height'>;

/** Puts a box into the middle; a scale at which it can't be read is raised. */
export function centreOn(area: Area, wished?: number): void {
  const { width, height } = frame.peek();
  const scale = wished ?? Math.max(view.peek().scale, 0.8);
  view.value = {
    x: width / 2 - (area.x + area.width / 2) * scale,
    y: height / 2 - (area.y + area.height / 2) * scale,
    scale,
  };
}

/** Keeps the top of a box where it is on screen while it moves in the drawing. */
export function hold(before: Area, now: Area): void {
  const { scale } = view.peek();
  const middle = ({ x, width }: Area) => x + width / 2;
  pan((middle(before) - middle(now)) * scale, (before.y - now.y) * scale);
}

/** Moves as little as brings a box wholly on screen. */
export function bringIn(area: Area): void {
  const { x, y, scale } = view.peek();
  const { width, height } = frame.peek();
  const need = (low: number, high: number, size: number) =>
    low < BORDER ? BORDER - low : high > size - BORDER ? size - BORDER - high : 0;
  const [left, top] = [x + area.x * scale, y + area.y * scale];
  const dx = need(left, left + area.width * scale, width);
  const dy = need(top, top + area.height * scale, height);
  if (dx !== 0 || dy !== 0) pan(dx, dy);
}

/** The view, if a part of the drawing stays on screen in it. */
function kept({ x, y, scale }: View): View {
  const { width, height } = frame.peek();
  const whole = drawing.peek();
  if (whole === null) return { x, y, scale };
  const within = (at: number, size: number, room: number) =>
    Math.min(room - 2 * BORDER, Math.max(2 * BORDER - size * scale, at));
  return { x: within(x, whole.width, width), y: within(y, whole.height, height), scale };
}
