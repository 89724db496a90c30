// Where boxes and lines lie: each open group is laid out by itself and is a box in the one around it, so equal groups are laid out once and opening one moves nothing inside of the others.
// Runs in a worker; knows neither the page nor the network.

import { edgeKey, flat, type FlatDrawing, type FlatNode } from './flat';
import { ROOT, type ItemId } from './outline';

/** What is to be laid out. */
export interface LayoutRequest {
  nLayers: number;
  parents: ItemId[];
  /** Pairs of layers, flat: from, to, from, to. */
  edges: number[];
  /** The open groups. */
  open: ItemId[];
  /** For each item, how wide its box is while closed. */
  widths: number[];
}

/** A box in the whole drawing. */
export interface Box {
  item: ItemId;
  x: number;
  y: number;
  width: number;
  height: number;
  isOpen: boolean;
}

/** A line from an item to another, as x and y by turns. */
export interface Line {
  from: ItemId;
  to: ItemId;
  points: number[];
}

/** A whole drawing. */
export interface Drawing {
  boxes: Box[];
  lines: Line[];
  width: number;
  height: number;
}

/** Heights and distances, in pixels of scale 1. */
export const BOX_HEIGHT = 30;
export const HEAD_HEIGHT = 30;
const MARGIN = 16;

/** A drawing of one group, its own corner at 0, 0. */
interface Part extends Drawing {
  /** For each outside item that is read in here, where its line comes in. */
  entries: Map<ItemId, number>;
  /** For each item in here that is read outside, where its line goes out. */
  exits: Map<ItemId, number>;
}

/** What a group's drawing is made of: its children and the lines between them, outside included. */
interface Level {
  children: ItemId[];
  /** Inner lines, lines in from outside (by their source), lines out. */
  inner: [ItemId, ItemId][];
  entering: Map<ItemId, Set<ItemId>>;
  leaving: Set<ItemId>;
}

/** Lays a network out. */
export function layOut(request: LayoutRequest): Drawing {
  const levels = levelsOf(request);
  const parts = new Map<string, Part>();
  return drawingOf(ROOT, request, levels, parts);
}

/** For the root and each open group, its level. */
function levelsOf({ nLayers, parents, edges, open }: LayoutRequest): Map<ItemId, Level> {
  const isOpen = new Set(open);
  const levels = new Map<ItemId, Level>();
  const isShown = (item: ItemId) => pathOf(parents, item).slice(1).every((group) => group === ROOT || isOpen.has(group));
  for (const group of [ROOT, ...open]) {
    levels.set(group, { children: [], inner: [], entering: new Map(), leaving: new Set() });
  }
  for (let item = 0; item < parents.length; item++) {
    if (item >= nLayers || isShown(item)) levels.get(parents[item]!)?.children.push(item);
  }
  const seen = new Set<string>();
  for (let at = 0; at < edges.length; at += 2) {
    addEdge(levels, pathOf(parents, edges[at]!), pathOf(parents, edges[at + 1]!), seen);
  }
  return levels;
}

/** An item and the groups around it, the root last. */
function pathOf(parents: ItemId[], item: ItemId): ItemId[] {
  const path = [item];
  for (let at = item; at !== ROOT; ) {
    at = parents[at]!;
    path.push(at);
  }
  return path;
}

/** Enters a line at the level where its ends part, and at those that it leaves and enters. */
function addEdge(levels: Map<ItemId, Level>, from: ItemId[], to: ItemId[], seen: Set<string>): void {
  let shared = 1;
  while (from.at(-shared - 1) === to.at(-shared - 1)) shared++;
  const [source, target] = [from.at(-shared - 1)!, to.at(-shared - 1)!];
  const key = `${source} ${target}`;
  if (!seen.has(key)) {
    seen.add(key);
    levels.get(from.at(-shared)!)?.inner.push([source, target]);
  }
  for (let at = from.length - shared - 1; at > 0; at--) levels.get(from[at]!)?.leaving.add(from[at - 1]!);
  for (let at = to.length - shared - 1; at > 0; at--) {
    const level = levels.get(to[at]!);
    if (level === undefined) continue;
    const readers = level.entering.get(source) ?? new Set();
    level.entering.set(source, readers.add(to[at - 1]!));
  }
}

function drawingOf(
  group: ItemId,
  request: LayoutRequest,
  levels: Map<ItemId, Level>,
  known: Map<string, Part>,
): Part {
  const level = levels.get(group)!;
  const inner = new Map<ItemId, Part>();
  for (const child of level.children) {
    if (levels.has(child)) inner.set(child, drawingOf(child, request, levels, known));
  }
  const key = keyOf(level, request, inner);
  const before = known.get(key);
  const part = before === undefined ? placed(group, level, request, inner) : renamed(before, level);
  known.set(key, part);
  return part;
}

/** What two levels have in common that look alike: sizes and lines, not which items they are. */
function keyOf({ children, inner: lines, entering, leaving }: Level, { widths }: LayoutRequest, inner: Map<ItemId, Part>): string {
  const place = new Map(children.map((child, idx) => [child, idx]));
  const size = (child: ItemId) => {
    const part = inner.get(child);
    return part === undefined ? widths[child] : `${part.width}x${part.height}:${[...part.exits.values()]}:${[...part.entries.values()]}:${part.boxes.length}`;
  };
  const isPlain = children.every((child) => !inner.has(child));
  return JSON.stringify([
    children.map(size),
    lines.map(([from, to]) => [place.get(from), place.get(to)]),
    [...entering.values()].map((readers) => [...readers].map((reader) => place.get(reader))),
    [...leaving].map((item) => place.get(item)),
    // drawings with open groups inside are not taken over from a sister
    isPlain ? 0 : children[0],
  ]);
}

/** A sister's drawing with this level's items in it. */
function renamed(part: Part, level: Level): Part {
  const sister = part.boxes.map(({ item }) => item);
  const place = new Map(sister.map((item, idx) => [item, idx]));
  const name = (item: ItemId) => level.children[place.get(item) ?? -1] ?? item;
  const sources = [...level.entering.keys()];
  const entered = [...part.entries];
  const sourceOf = new Map(entered.map(([source], idx) => [source, sources[idx]!]));
  return {
    ...part,
    boxes: part.boxes.map((box) => ({ ...box, item: name(box.item) })),
    lines: part.lines.map((line) => ({
      from: sourceOf.get(line.from) ?? name(line.from),
      to: name(line.to),
      points: line.points,
    })),
    entries: new Map(entered.map(([, x], idx) => [sources[idx]!, x])),
    exits: new Map([...part.exits].map(([item, x]) => [name(item), x])),
  };
}

const entryName = (source: ItemId) => `in ${source}`;
const exitName = (item: ItemId) => `out ${item}`;

/** Lays one level out and puts the drawings of its open groups into their boxes. */
function placed(group: ItemId, level: Level, request: LayoutRequest, inner: Map<ItemId, Part>): Part {
  const nodes: FlatNode[] = level.children.map((child) => {
    const { width, height } = inner.get(child) ?? { width: request.widths[child]!, height: BOX_HEIGHT };
    return { name: String(child), width, height };
  });
  const edges: [string, string][] = level.inner.map(([from, to]) => [String(from), String(to)]);
  for (const [source, readers] of level.entering) {
    nodes.push({ name: entryName(source), width: 1, height: 1 });
    for (const reader of readers) edges.push([entryName(source), String(reader)]);
  }
  for (const item of level.leaving) {
    nodes.push({ name: exitName(item), width: 1, height: 1 });
    edges.push([String(item), exitName(item)]);
  }
  return assembled(group, level, flat(nodes, edges), inner, nodes);
}

function assembled(
  group: ItemId,
  level: Level,
  drawn: FlatDrawing,
  inner: Map<ItemId, Part>,
  nodes: FlatNode[],
): Part {
  const isRoot = group === ROOT;
  const [left, top] = isRoot ? [0, 0] : [MARGIN, HEAD_HEIGHT];
  const { width, height } = drawn;
  const part: Part = {
    boxes: [],
    lines: [],
    width: width + 2 * left,
    height: height + top + (isRoot ? 0 : MARGIN),
    entries: new Map(),
    exits: new Map(),
  };
  const at = (name: string) => drawn.at.get(name)!;
  level.children.forEach((child, idx) => {
    const { width: w, height: h } = nodes[idx]!;
    const [x, y] = at(String(child));
    const box = { item: child, x: left + x - w / 2, y: top + y - h / 2, width: w, height: h };
    part.boxes.push({ ...box, isOpen: inner.has(child) });
  });
  for (const source of level.entering.keys()) part.entries.set(source, left + at(entryName(source))[0]);
  for (const item of level.leaving) part.exits.set(item, left + at(exitName(item))[0]);
  addLines(part, level, drawn, inner, [left, top]);
  for (const box of [...part.boxes]) {
    const own = inner.get(box.item);
    if (own !== undefined) moveInto(part, own, box);
  }
  return part;
}

/** Draws the lines of one level; at an open group a line ends where its inside goes on. */
function addLines(part: Part, level: Level, drawn: FlatDrawing, inner: Map<ItemId, Part>, [left, top]: [number, number]): void {
  const boxes = new Map(part.boxes.map((box) => [box.item, box]));
  const pointsOf = (from: string, to: string) =>
    drawn.points.get(edgeKey(from, to))!.map(([x, y]): [number, number] => [left + x, top + y]);
  const startAt = (points: [number, number][], item: ItemId) => {
    const box = boxes.get(item)!;
    const exit = firstOf(inner.get(item)?.exits);
    points[0] = [exit === undefined ? points[0]![0] : box.x + exit, box.y + box.height];
  };
  const endAt = (points: [number, number][], item: ItemId, source: ItemId) => {
    const box = boxes.get(item)!;
    const entry = inner.get(item)?.entries.get(source);
    points[points.length - 1] = [entry === undefined ? points.at(-1)![0] : box.x + entry, box.y];
  };
  for (const [from, to] of level.inner) {
    const points = pointsOf(String(from), String(to));
    startAt(points, from);
    endAt(points, to, from);
    part.lines.push({ from, to, points: points.flat() });
  }
  for (const [source, readers] of level.entering) {
    for (const reader of readers) {
      const points = pointsOf(entryName(source), String(reader));
      points[0] = [part.entries.get(source)!, 0];
      endAt(points, reader, source);
      part.lines.push({ from: source, to: reader, points: points.flat() });
    }
  }
  for (const item of level.leaving) {
    const points = pointsOf(String(item), exitName(item));
    startAt(points, item);
    points[points.length - 1] = [part.exits.get(item)!, part.height];
    part.lines.push({ from: item, to: item, points: points.flat() });
  }
}

function firstOf(exits: Map<ItemId, number> | undefined): number | undefined {
  return exits?.values().next().value;
}

function moveInto(part: Part, own: Part, { x: dx, y: dy }: Box): void {
  for (const box of own.boxes) part.boxes.push({ ...box, x: box.x + dx, y: box.y + dy });
  for (const line of own.lines) {
    const points = line.points.map((value, idx) => value + (idx % 2 === 0 ? dx : dy));
    part.lines.push({ ...line, points });
  }
}
