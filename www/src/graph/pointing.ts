// Pointer, wheel and keys on the drawing: moving, scaling, choosing.

import { signal } from '@preact/signals';

import { selectInGraph } from '../state/selection';
import { drawing, drawnOutline } from './drawn';
import { isGroup, type ItemId } from './outline';
import { focused, hovered, toggle } from './state';
import { neighbourOf } from './steps';
import { bringIn, fit, goHome, pan, zoom } from './view';

/** Pixels that a pointer may move in a click. */
const CLICK_REACH = 4;
const WHEEL = 0.0015;
const STEP = 1.3;

/** Whether a person works in the graph: then the wheel scales it, else it moves the page. */
export const isActive = signal(false);

type At = { x: number; y: number };

const pointers = new Map<number, At>();
let moved = 0;

/** The item that an event is about. */
function itemOf(event: Event): ItemId | null {
  const element = (event.target as Element).closest('[data-item]');
  return element === null ? null : Number(element.getAttribute('data-item'));
}

function placeIn(event: PointerEvent | WheelEvent): At {
  const { left, top } = (event.currentTarget as Element).getBoundingClientRect();
  return { x: event.clientX - left, y: event.clientY - top };
}

/** A pointer goes down. */
export function press(event: PointerEvent): void {
  if (event.button !== 0) return;
  isActive.value = true;
  if (pointers.size === 0) moved = 0;
  pointers.set(event.pointerId, placeIn(event));
}

/** A pointer moves: one moves the drawing, two scale it. */
export function drag(event: PointerEvent): void {
  const before = pointers.get(event.pointerId);
  const now = placeIn(event);
  if (before === undefined) {
    hovered.value = itemOf(event);
    return;
  }
  pointers.set(event.pointerId, now);
  const [dx, dy] = [now.x - before.x, now.y - before.y];
  moved += Math.abs(dx) + Math.abs(dy);
  if (moved > CLICK_REACH) (event.currentTarget as Element).setPointerCapture(event.pointerId);
  const other = [...pointers].find(([id]) => id !== event.pointerId)?.[1];
  if (other === undefined) return void pan(dx, dy);
  const distance = (at: At) => Math.hypot(at.x - other.x, at.y - other.y);
  const middle = { x: (now.x + other.x) / 2, y: (now.y + other.y) / 2 };
  pan(dx / 2, dy / 2);
  zoom(distance(now) / Math.max(1, distance(before)), middle);
}

/** A pointer goes up or away. */
export function release(event: PointerEvent): void {
  pointers.delete(event.pointerId);
}

/** A pointer leaves the drawing. */
export function leave(): void {
  hovered.value = null;
}

/** A click that was no drag. */
export function click(event: MouseEvent): void {
  const item = itemOf(event);
  if (item !== null && moved <= CLICK_REACH) activate(item);
}

/** Chooses a layer, opens or closes a group. */
function activate(item: ItemId): void {
  const of = drawnOutline.peek();
  if (of === null) return;
  if (isGroup(of, item)) toggle(item);
  else selectInGraph(item);
}

/** The wheel scales where a person works in the graph, and with Ctrl or Command anywhere on it. */
export function turn(event: WheelEvent): void {
  if (!isActive.peek() && !event.ctrlKey && !event.metaKey) return;
  event.preventDefault();
  const pixels = event.deltaY * (event.deltaMode === 1 ? 16 : 1);
  zoom(Math.exp(-pixels * WHEEL * (event.ctrlKey ? 4 : 1)), placeIn(event));
}

const ARROWS: Record<string, [number, number]> = {
  ArrowUp: [0, -1],
  ArrowDown: [0, 1],
  ArrowLeft: [-1, 0],
  ArrowRight: [1, 0],
};

/** Arrows go from box to box, Enter chooses, plus, minus, 0 and Home scale. */
export function key(event: KeyboardEvent): void {
  const step = ARROWS[event.key];
  const item = itemOf(event);
  if (step !== undefined && event.shiftKey) pan(-60 * step[0], -60 * step[1]);
  else if (step !== undefined && item !== null) goFrom(event.currentTarget as Element, item, step);
  else if ((event.key === 'Enter' || event.key === ' ') && item !== null) activate(item);
  else if (event.key === '+' || event.key === '=') zoom(STEP);
  else if (event.key === '-') zoom(1 / STEP);
  else if (event.key === '0') fit();
  else if (event.key === 'Home') goHome();
  else return;
  event.preventDefault();
}

function goFrom(sheet: Element, item: ItemId, step: [number, number]): void {
  const next = neighbourOf(drawing.peek()?.boxes ?? [], item, step);
  if (next === null) return;
  focused.value = next.item;
  bringIn(next);
  requestAnimationFrame(() => sheet.querySelector<SVGElement>(`[data-item="${next.item}"]`)?.focus());
}
