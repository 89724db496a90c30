// What the Map tab knows: the points, which of them are shown and chosen, how they are coloured.

import { computed, signal } from '@preact/signals';

import { answer, isStale } from '../state/outcome';
import { session } from '../state/session';
import { takeText } from '../state/source';
import { openTab } from '../state/tab';
import { isDark } from '../state/theme';
import { home, type Camera, type Place, type Size } from './camera';
import { paint, type ColourBy } from './colours';
import { familyNames } from './names';
import { nearestTo } from './pick';
import { ranks, readPoints, type Points } from './points';

/** Relative to the page, so it works from any folder of any host. */
const FILE = 'map/points.bin';

/** Rows of the list of nearest networks. */
const N_NEAREST = 8;

/** Rows at most of the list of chosen networks. */
const N_LISTED = 40;

/** The points, once they are here. */
export const points = signal<Points | null>(null);

/** Why they are not. */
export const failure = signal<string | null>(null);

/** What colours stand for. */
export const colourBy = signal<ColourBy>('family');

/** The families that are switched off, by name. */
export const hidden = signal<ReadonlySet<string>>(new Set());

/** The canvas's size. */
export const size = signal<Size>({ width: 0, height: 0 });

/** What is seen, once a person has moved it; until then everything. */
export const moved = signal<Camera | null>(null);

/** The point under the pointer. */
export const hovered = signal<number | null>(null);

/** The points that were clicked or lassoed. */
export const chosen = signal<readonly number[]>([]);

/** Whether a drag draws a loop instead of moving the map. */
export const isLasso = signal(false);

/** The loop under way, in pixels. */
export const loop = signal<readonly Place[]>([]);

/** Fetches the points, unless they are here. */
export async function fetchPoints(): Promise<void> {
  if (points.peek() !== null) return;
  failure.value = null;
  try {
    const response = await fetch(FILE);
    if (!response.ok) throw new Error(`the server answered ${response.status}`);
    points.value = readPoints(await response.arrayBuffer());
  } catch (thrown) {
    failure.value = thrown instanceof Error ? thrown.message : String(thrown);
  }
}

const rank = computed(() => (points.value === null ? null : ranks(points.value)));

/** The look of every point. */
export const painted = computed(() =>
  points.value === null || rank.value === null
    ? null
    : paint(points.value, { by: colourBy.value, rank: rank.value, isDark: isDark.value }),
);

/** Whether each family is shown. */
export const isShown = computed<readonly boolean[]>(() =>
  (points.value?.families ?? []).map(({ name }) => !hidden.value.has(name)),
);

/** The names of the shown families, with their places. */
export const names = computed(() =>
  points.value === null ? [] : familyNames(points.value).filter((_, idx) => isShown.value[idx]),
);

/** Where the network in question stands; null where it is none, or the weights have no map. */
export const current = computed<Place | null>(() => {
  const place = answer.value?.map ?? null;
  return place === null || isStale.value ? null : { x: place[0], y: place[1] };
});

/** What there is to say where no network in question can be shown. */
export const absence = computed<string | null>(() => {
  if (current.value !== null) return null;
  if (answer.value === null || isStale.value) {
    return 'There is no network to place: the one in Predict can’t be read, or is still on its way.';
  }
  return 'These weights have no map, so a network can’t be placed among the points.';
});

const corners = computed<readonly Place[]>(() => {
  if (points.value === null) return [{ x: 0, y: 0 }];
  const { x, y } = points.value;
  const ends = (values: Float32Array) =>
    values.reduce(([low, high], value) => [Math.min(low, value), Math.max(high, value)] as const, [
      Infinity,
      -Infinity,
    ] as readonly [number, number]);
  const [[left, right], [top, bottom]] = [ends(x), ends(y)];
  return [{ x: left, y: top }, { x: right, y: bottom }];
});

/** The camera that sees every point and the network in question. */
export const wholeMap = computed<Camera>(() =>
  home(current.value === null ? corners.value : [...corners.value, current.value], size.value),
);

/** What is seen. */
export const camera = computed<Camera>(() => moved.value ?? wholeMap.value);

/** Which points stand out: the chosen ones, where they are several. */
export const standsOut = computed<Uint8Array | null>(() => {
  if (points.value === null || chosen.value.length < 2) return null;
  const marks = new Uint8Array(points.value.count);
  for (const idx of chosen.value) marks[idx] = 1;
  return marks;
});

/** The chosen points that are listed: all, or some spread evenly over them. */
export const listed = computed<readonly number[]>(() => {
  const { value: all } = chosen;
  if (all.length <= N_LISTED) return all;
  return Array.from({ length: N_LISTED }, (_, nth) => all[Math.floor((nth * all.length) / N_LISTED)]!);
});

/** The points nearest to the network in question. */
export const nearest = computed<readonly number[]>(() =>
  points.value === null || current.value === null
    ? []
    : nearestTo(points.value, isShown.value, { place: current.value, count: N_NEAREST }),
);

/** Switches a family on or off. */
export function toggleFamily(name: string): void {
  const next = new Set(hidden.peek());
  if (!next.delete(name)) next.add(name);
  hidden.value = next;
  chosen.value = chosen.peek().filter((idx) => isShown.peek()[points.peek()!.family[idx]!]);
}

/** Switches all families on, or all off. */
export function showAll(isOn: boolean): void {
  hidden.value = new Set(isOn ? [] : points.peek()?.families.map(({ name }) => name));
  if (!isOn) chosen.value = [];
}

/** The architecture of a point, as its family writes it; null where there is no model to ask. */
export async function textOf(idx: number): Promise<string | null> {
  const { value: now } = session;
  const all = points.peek();
  if (now.phase !== 'ready' || all === null) return null;
  try {
    return await now.predictor.sample(all.families[all.family[idx]!]!.name, all.seed[idx]!);
  } catch {
    // the model is being started anew: the row can be asked again
    return null;
  }
}

/** Opens a point's architecture in Predict. */
export async function openInPredict(idx: number): Promise<void> {
  const text = await textOf(idx);
  if (text === null) return;
  takeText(text);
  openTab('predict');
}
