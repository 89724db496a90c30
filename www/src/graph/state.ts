// What is drawn of the shown network: which groups are open, what is pointed at, what is to be shown.

import { computed, effect, signal } from '@preact/signals';

import { layerLabel, groupLabel } from '../format/layer';
import { isGraphSeen, inspection } from '../state/inspection';
import { nSelected, selected, selectedIn } from '../state/selection';
import { drawing, drawn } from './drawn';
import type { LayoutRequest } from './layout';
import { laidOut } from './laying-out';
import { firstOpen, groupsAround, isGroup, outlineOf, timesOf, type ItemId, type Outline } from './outline';
import { centreOn, frame, goHome, hold } from './view';

/** How boxes are coloured. */
export type Colouring = 'operator' | 'cost';

/** The chosen colouring. */
export const colouring = signal<Colouring>('operator');

/** The network as a tree. */
export const outline = computed<Outline | null>(() =>
  inspection.value === null ? null : outlineOf(inspection.value),
);

/** The open groups, and of which network. */
const opened = signal<{ of: Outline; groups: ReadonlySet<ItemId> } | null>(null);

/** The item that is pointed at; null where none is. */
export const hovered = signal<ItemId | null>(null);

/** The item that has or last had the focus. */
export const focused = signal<ItemId | null>(null);

/** The item whose attributes are shown. */
export const described = computed<ItemId | null>(() => hovered.value ?? selected.value ?? focused.value);

/** Opens a closed group and closes an open one. */
export function toggle(group: ItemId): void {
  const now = opened.peek();
  if (now === null) return;
  const groups = new Set(now.groups);
  if (!groups.delete(group)) groups.add(group);
  anchor = group;
  opened.value = { of: now.of, groups };
}

/** The group that was opened or closed last: its head stays where it is. */
let anchor: ItemId | null = null;

/** Opens all groups. */
export function openAll(): void {
  const { value: of } = outline;
  if (of === null) return;
  opened.value = { of, groups: new Set(of.parents.map((_, item) => item).filter((item) => isGroup(of, item))) };
}

/** Closes all groups. */
export function closeAll(): void {
  const { value: of } = outline;
  if (of !== null) opened.value = { of, groups: new Set() };
}

/** Whether there are groups to open, and to close. */
export const canOpen = computed(() => {
  const now = opened.value;
  return now !== null && now.groups.size < now.of.parents.length - now.of.nLayers;
});
export const canClose = computed(() => (opened.value?.groups.size ?? 0) > 0);

/** What an item's box says. */
export function labelOf(of: Outline, item: ItemId): string {
  const layer = of.inspection.layers[item];
  if (layer !== undefined) return layerLabel(layer);
  const place = (of.children.get(of.parents[item]!) ?? []).filter((child) => isGroup(of, child)).indexOf(item);
  return groupLabel(timesOf(of, item), place + 1, of.nWithin[item]!);
}

/** Starts to draw; goes on for the page's life. */
export function keepDrawing(): void {
  effect(() => {
    if (outline.value !== null) opened.value = { of: outline.value, groups: firstOpen(outline.value) };
  });
  effect(() => {
    const now = opened.value;
    if (now !== null && isGraphSeen.value) void draw(now.of, [...now.groups]);
  });
  effect(() => {
    void nSelected.value;
    if (selected.value !== null && selectedIn.value === 'elsewhere') show(selected.value);
  });
}

async function draw(of: Outline, open: ItemId[]): Promise<void> {
  const next = await laidOut(requestOf(of, open));
  if (next === null) return;
  const before = drawn.peek();
  const held = anchor === null ? undefined : before?.drawing.boxes.find(({ item }) => item === anchor);
  const holding = next.boxes.find(({ item }) => item === held?.item);
  anchor = null;
  drawn.value = { of, drawing: next };
  if (before?.of !== of) {
    hovered.value = null;
    focused.value = null;
  }
  if (before?.of !== of || held === undefined || holding === undefined) goHome();
  else hold(held, holding);
  if (wanted !== null) show(wanted);
}

/** The layer to show once it is drawn. */
let wanted: ItemId | null = null;

/** Brings a layer into view; opens the groups around it first. */
export function show(item: ItemId): void {
  const now = opened.peek();
  const box = drawing.peek()?.boxes.find((known) => known.item === item);
  wanted = box === undefined || frame.peek().width === 0 ? item : null;
  if (wanted === null && box !== undefined) return centreOn(box);
  isGraphSeen.value = true;
  if (now === null) return;
  const closed = groupsAround(now.of, item).filter((group) => !now.groups.has(group));
  if (closed.length > 0) opened.value = { of: now.of, groups: new Set([...now.groups, ...closed]) };
}

/** About the width of a letter, and of a box without any. */
const LETTER = 6.8;
const BLANK = 26;
const SIGN = 18;

function requestOf(of: Outline, open: ItemId[]): LayoutRequest {
  const { inspection, nLayers, parents } = of;
  const edges = inspection.layers.flatMap(({ inputs }, to) => inputs.flatMap((from) => [from, to]));
  const widths = parents.map((_, item) => {
    const sign = isGroup(of, item) ? SIGN : 0;
    return Math.round(labelOf(of, item).length * LETTER + BLANK + sign);
  });
  return { nLayers, parents, edges, open, widths };
}
