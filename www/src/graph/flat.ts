// Where the nodes of one level lie. dagre lays them out; it recurses along paths and takes long for
// thousands of nodes, so a long level is cut at nodes that all paths run through, and its segments
// are laid out one by one and hung below each other. What dagre can't do is laid out in plain ranks.

import { graphlib, layout as dagre } from '@dagrejs/dagre';

/** A node with its size. */
export interface FlatNode {
  name: string;
  width: number;
  height: number;
}

type Edge = readonly [string, string];
type Point = [number, number];

/** The middles of the nodes and the points of the edges. */
export interface FlatDrawing {
  at: Map<string, Point>;
  points: Map<string, Point[]>;
  width: number;
  height: number;
}

const BETWEEN_RANKS = 26;
const BETWEEN_SIBLINGS = 18;
/** A segment ends at the first cut behind so many nodes. */
const SEGMENT = 40;
/** Nodes from which on the quick ranking of dagre is used: the good one takes too long. */
const MANY_NODES = 250;

/** The key of an edge among the points. */
export function edgeKey(from: string, to: string): string {
  return `${from}>${to}`;
}

/** Lays a level out. */
export function flat(nodes: FlatNode[], edges: Edge[]): FlatDrawing {
  const whole: FlatDrawing = { at: new Map(), points: new Map(), width: 0, height: 0 };
  for (const segment of segmentsOf(nodes, edges)) hang(whole, laidOut(segment), segment.nodes[0]!.name);
  return atOrigin(whole, nodes);
}

interface Segment {
  nodes: FlatNode[];
  edges: Edge[];
}

/** The level's segments; each begins with the node that the one before ends with. */
function segmentsOf(nodes: FlatNode[], edges: Edge[]): Segment[] {
  const order = topological(nodes, edges);
  const place = new Map(order.map(({ name }, idx) => [name, idx]));
  const steps = new Array<number>(order.length + 1).fill(0);
  const degree = new Array<number>(order.length).fill(0);
  for (const [from, to] of edges) {
    steps[place.get(from)!]!++;
    steps[place.get(to)!]!--;
    degree[place.get(from)!]!++;
  }
  const starts = [0];
  let crossing = 0;
  for (let idx = 0; idx < order.length - 1; idx++) {
    crossing += steps[idx]!;
    const isCut = crossing === degree[idx];
    if (isCut && idx - starts.at(-1)! >= SEGMENT) starts.push(idx);
  }
  const segments = starts.map((start, idx) => ({
    nodes: order.slice(start, (starts[idx + 1] ?? order.length - 1) + 1),
    edges: [] as Edge[],
  }));
  // an edge lies where its reader does; a segment's first node reads in the one before
  const owner = new Map<string, Segment>();
  for (const segment of segments) {
    for (const { name } of segment.nodes) if (!owner.has(name)) owner.set(name, segment);
  }
  for (const edge of edges) owner.get(edge[1])!.edges.push(edge);
  return segments;
}

/** The nodes, each behind those that it reads. */
function topological(nodes: FlatNode[], edges: Edge[]): FlatNode[] {
  const known = new Map(nodes.map((node) => [node.name, node]));
  const open = new Map(nodes.map(({ name }) => [name, 0]));
  const readers = new Map<string, string[]>(nodes.map(({ name }) => [name, []]));
  for (const [from, to] of edges) {
    open.set(to, open.get(to)! + 1);
    readers.get(from)!.push(to);
  }
  const order = nodes.filter(({ name }) => open.get(name) === 0);
  for (const { name } of order) {
    for (const reader of readers.get(name)!) {
      const left = open.get(reader)! - 1;
      open.set(reader, left);
      if (left === 0) order.push(known.get(reader)!);
    }
  }
  return order;
}

/** Adds a segment to what is drawn: its first node comes to lie where it was drawn before. */
function hang(whole: FlatDrawing, { at, points }: FlatDrawing, first: string): void {
  const [x, y] = whole.at.get(first) ?? at.get(first)!;
  const [ownX, ownY] = at.get(first)!;
  const moved = ([px, py]: Point): Point => [px + x - ownX, py + y - ownY];
  for (const [name, point] of at) whole.at.set(name, moved(point));
  for (const [key, line] of points) whole.points.set(key, line.map(moved));
}

/** The drawing with its corner at 0, 0. */
function atOrigin({ at, points }: FlatDrawing, nodes: FlatNode[]): FlatDrawing {
  let [left, top, right, bottom] = [Infinity, Infinity, -Infinity, -Infinity];
  const reach = (x: number, y: number, width: number, height: number) => {
    [left, right] = [Math.min(left, x - width / 2), Math.max(right, x + width / 2)];
    [top, bottom] = [Math.min(top, y - height / 2), Math.max(bottom, y + height / 2)];
  };
  for (const { name, width, height } of nodes) reach(...at.get(name)!, width, height);
  for (const line of points.values()) for (const [x, y] of line) reach(x, y, 0, 0);
  const moved = ([x, y]: Point): Point => [x - left, y - top];
  return {
    at: new Map([...at].map(([name, point]) => [name, moved(point)])),
    points: new Map([...points].map(([key, line]) => [key, line.map(moved)])),
    width: right - left,
    height: bottom - top,
  };
}

function laidOut(segment: Segment): FlatDrawing {
  try {
    return byDagre(segment);
  } catch {
    return inRanks(segment);
  }
}

function byDagre({ nodes, edges }: Segment): FlatDrawing {
  const graph = new graphlib.Graph();
  const ranker = nodes.length > MANY_NODES ? 'longest-path' : 'network-simplex';
  graph.setGraph({ rankdir: 'TB', ranksep: BETWEEN_RANKS, nodesep: BETWEEN_SIBLINGS, ranker });
  for (const { name, width, height } of nodes) graph.setNode(name, { width, height });
  for (const [from, to] of edges) graph.setEdge(from, to, {});
  dagre(graph);
  const at = nodes.map(({ name }): [string, Point] => {
    const { x, y } = graph.node(name) as { x: number; y: number };
    return [name, [x, y]];
  });
  const points = edges.map(([from, to]): [string, Point[]] => {
    const { points: line } = graph.edge(from, to) as { points: { x: number; y: number }[] };
    return [edgeKey(from, to), line.map(({ x, y }): Point => [x, y])];
  });
  return { at: new Map(at), points: new Map(points), width: 0, height: 0 };
}

/** Each node below all that it reads, those of one rank side by side, edges straight. */
function inRanks({ nodes, edges }: Segment): FlatDrawing {
  const inputs = new Map<string, string[]>(nodes.map(({ name }) => [name, []]));
  for (const [from, to] of edges) inputs.get(to)!.push(from);
  const rankOf = new Map<string, number>();
  const ranks: FlatNode[][] = [];
  for (const node of nodes) {
    const rank = inputs.get(node.name)!.reduce((most, input) => Math.max(most, rankOf.get(input)! + 1), 0);
    rankOf.set(node.name, rank);
    (ranks[rank] ??= []).push(node);
  }
  const at = new Map<string, Point>();
  let y = 0;
  for (const rank of ranks) {
    const height = Math.max(...rank.map((node) => node.height));
    let x = -rank.reduce((sum, { width }) => sum + width + BETWEEN_SIBLINGS, -BETWEEN_SIBLINGS) / 2;
    for (const { name, width } of rank) {
      at.set(name, [x + width / 2, y + height / 2]);
      x += width + BETWEEN_SIBLINGS;
    }
    y += height + BETWEEN_RANKS;
  }
  const points = edges.map(([from, to]): [string, Point[]] => [edgeKey(from, to), [at.get(from)!, at.get(to)!]]);
  return { at, points: new Map(points), width: 0, height: 0 };
}
