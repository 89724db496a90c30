// What pointer, wheel and keys do to the map: push, zoom, pinch, lasso, choose.

import { pushed, toPlane, zoomed, type Place } from './camera';
import { inside, pointAt } from './pick';
import {
  camera,
  chosen,
  hovered,
  isLasso,
  isShown,
  loop,
  moved,
  points,
  size,
  wholeMap,
} from './state';

/** So far from a point, in pixels, one still means it. */
const REACH = 12;
/** A pointer that moves less than this clicks. */
const STILL = 4;
/** Pixels that an arrow key pushes. */
const STEP = 48;
/** How much nearer a key or button brings the map. */
const CLOSER = 1.4;
/** How fast a wheel zooms: e to the power of this, a pixel. */
const WHEEL = 0.0015;
/** Corners of a loop are this many pixels apart. */
const CORNER = 4;

const pointers = new Map<number, Place>();
let start: Place | null = null;
let isLooping = false;

/** Zooms about a pixel, or about the middle. */
export function zoom(factor: number, at?: Place): void {
  const { value: now } = size;
  const middle = { x: now.width / 2, y: now.height / 2 };
  const about = { size: now, at: at ?? middle, factor, home: wholeMap.peek() };
  moved.value = zoomed(camera.peek(), about);
}

/** Nearer by a step. */
export const zoomIn = () => zoom(CLOSER);

/** Farther by a step. */
export const zoomOut = () => zoom(1 / CLOSER);

/** Everything in sight again. */
export function seeAll(): void {
  moved.value = null;
}

/** Takes no network for chosen. */
export function choseNone(): void {
  chosen.value = [];
  loop.value = [];
  isLooping = false;
}

/** A pointer comes down. */
export function press(event: PointerEvent): void {
  if (event.button > 0) return;
  const area = event.currentTarget as HTMLElement;
  if (event.isTrusted) area.setPointerCapture(event.pointerId);
  const place = placeOf(event);
  pointers.set(event.pointerId, place);
  start = pointers.size === 1 ? place : null;
  isLooping = pointers.size === 1 && (isLasso.peek() || event.shiftKey);
  loop.value = isLooping ? [place] : [];
}

/** A pointer moves: over the map, or with it. */
export function move(event: PointerEvent): void {
  const place = placeOf(event);
  const before = pointers.get(event.pointerId);
  if (before === undefined) return hover(place);
  hovered.value = null;
  if (isLooping) return extend(place);
  const other = [...pointers].find(([id]) => id !== event.pointerId)?.[1];
  if (other === undefined) push(before, place);
  else pinch({ before, place, other });
  pointers.set(event.pointerId, place);
}

/** A pointer goes up. */
export function release(event: PointerEvent): void {
  const place = placeOf(event);
  const wasClick = start !== null && distance(start, place) < STILL;
  pointers.delete(event.pointerId);
  const corners = loop.peek();
  loop.value = [];
  if (event.type === 'pointercancel') return;
  if (wasClick) choose(place);
  else if (isLooping) chooseInside(corners);
  isLooping = false;
}

/** The pointer leaves the map. */
export function leave(): void {
  hovered.value = null;
}

/** The wheel turns; two fingers on a touchpad do the same. */
export function turn(event: WheelEvent): void {
  event.preventDefault();
  const lines = event.deltaMode === WheelEvent.DOM_DELTA_LINE ? 16 : 1;
  const faster = event.ctrlKey ? 6 : 1;
  zoom(Math.exp(-event.deltaY * lines * faster * WHEEL), placeOf(event));
}

const KEYS: Readonly<Record<string, () => void>> = {
  ArrowLeft: () => pushBy(STEP, 0),
  ArrowRight: () => pushBy(-STEP, 0),
  ArrowUp: () => pushBy(0, STEP),
  ArrowDown: () => pushBy(0, -STEP),
  '+': zoomIn,
  '=': zoomIn,
  '-': zoomOut,
  '0': seeAll,
  Escape: choseNone,
};

/** A key goes down on the map. */
export function key(event: KeyboardEvent): void {
  const action = KEYS[event.key];
  if (action === undefined || event.ctrlKey || event.metaKey || event.altKey) return;
  event.preventDefault();
  action();
}

function pushBy(x: number, y: number): void {
  moved.value = pushed(camera.peek(), { x, y });
}

function push(before: Place, place: Place): void {
  if (start !== null && distance(start, place) < STILL) return;
  pushBy(place.x - before.x, place.y - before.y);
}

/** Two fingers: what was between them stays between them. */
function pinch({ before, place, other }: { before: Place; place: Place; other: Place }): void {
  pushBy((place.x - before.x) / 2, (place.y - before.y) / 2);
  const middle = { x: (place.x + other.x) / 2, y: (place.y + other.y) / 2 };
  zoom(distance(place, other) / Math.max(distance(before, other), 1), middle);
}

function extend(place: Place): void {
  const last = loop.peek().at(-1);
  if (last === undefined || distance(last, place) >= CORNER) loop.value = [...loop.peek(), place];
}

function hover(place: Place): void {
  hovered.value = under(place);
}

function choose(place: Place): void {
  const idx = under(place);
  chosen.value = idx === null ? [] : [idx];
}

function chooseInside(corners: readonly Place[]): void {
  const { value: all } = points;
  if (all === null || corners.length < 3) return;
  const places = corners.map((corner) => toPlane(camera.peek(), size.peek(), corner));
  chosen.value = inside(all, isShown.peek(), places);
}

function under(place: Place): number | null {
  const { value: all } = points;
  if (all === null) return null;
  const { scale } = camera.peek();
  const at = toPlane(camera.peek(), size.peek(), place);
  return pointAt(all, isShown.peek(), { place: at, radius: REACH / scale });
}

function placeOf(event: MouseEvent): Place {
  const { left, top } = (event.currentTarget as HTMLElement).getBoundingClientRect();
  return { x: event.clientX - left, y: event.clientY - top };
}

function distance(a: Place, b: Place): number {
  return Math.hypot(a.x - b.x, a.y - b.y);
}
