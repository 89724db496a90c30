// What of a network is to be drawn: layers and groups as a tree, of which some groups are open.

import type { Inspection } from 'gennape';

/** A layer or a group; groups follow the layers in numbering. */
export type ItemId = number;

/** The whole network's own item. */
export const ROOT = -1;

/** The tree of an inspection. */
export interface Outline {
  inspection: Inspection;
  nLayers: number;
  /** For each item, the group that it lies in, or the root. */
  parents: ItemId[];
  /** For each group and the root, what lies in it. */
  children: Map<ItemId, ItemId[]>;
  /** For each item, its layers. */
  nWithin: number[];
  /** For each item, its multiply-adds and parameters. */
  macs: number[];
  params: number[];
}

/** The tree of a network. */
export function outlineOf(inspection: Inspection): Outline {
  const { layers, groups } = inspection;
  const nLayers = layers.length;
  const own = (group: number | null) => (group === null ? ROOT : nLayers + group);
  const parents = [...layers.map(({ group }) => own(group)), ...groups.map(({ parent }) => own(parent))];
  const children = new Map<ItemId, ItemId[]>();
  parents.forEach((parent, item) => {
    const siblings = children.get(parent);
    if (siblings === undefined) children.set(parent, [item]);
    else siblings.push(item);
  });
  const nWithin = [...layers.map(() => 1), ...groups.map(() => 0)];
  const macs = [...layers.map((layer) => layer.macs), ...groups.map(() => 0)];
  const params = [...layers.map((layer) => layer.params), ...groups.map(() => 0)];
  // groups stand behind their parents, so this sums from the inside out
  for (let item = parents.length - 1; item >= nLayers; item--) {
    for (const child of children.get(item) ?? []) {
      nWithin[item]! += nWithin[child]!;
      macs[item]! += macs[child]!;
      params[item]! += params[child]!;
    }
  }
  return { inspection, nLayers, parents, children, nWithin, macs, params };
}

/** Whether an item is a group. */
export function isGroup({ nLayers }: Outline, item: ItemId): boolean {
  return item >= nLayers;
}

/** How many equal stretches a group holds; 1 for a stretch. */
export function timesOf({ inspection, nLayers }: Outline, item: ItemId): number {
  return inspection.groups[item - nLayers]?.times ?? 1;
}

/** The groups around an item, the outermost first. */
export function groupsAround({ parents }: Outline, item: ItemId): ItemId[] {
  const around: ItemId[] = [];
  for (let at = parents[item]!; at !== ROOT; at = parents[at]!) around.unshift(at);
  return around;
}

/** Items that a first look shows at most, once runs are opened into their stretches. */
const FIRST_LOOK = 48;

/** The groups that are open at first: all of a small network, the outer runs of a middling one. */
export function firstOpen(outline: Outline): Set<ItemId> {
  const { nLayers, parents, inspection } = outline;
  const groups = inspection.groups.map((_, idx) => nLayers + idx);
  if (nLayers <= FIRST_LOOK) return new Set(groups);
  const runs = groups.filter((group) => parents[group] === ROOT);
  const nShown = runs.reduce((sum, run) => sum + timesOf(outline, run), parents.filter((p) => p === ROOT).length);
  return new Set(nShown <= FIRST_LOOK ? runs : []);
}
