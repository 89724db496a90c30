// The points file as columns. docs/weights-format.md has the layout.

/** The networks of one family; their points follow those of the family before. */
export interface FamilyPoints {
  name: string;
  title: string;
  points: number;
  /** What their accuracies are of; null where the weights have no target of the family. */
  target: string | null;
  /** The lowest and the highest of them. */
  accuracy: [number, number] | null;
}

/** Points of the plane, column by column. */
export interface Points {
  count: number;
  families: readonly FamilyPoints[];
  clusters: number;
  x: Float32Array;
  y: Float32Array;
  /** The index of each one's family. */
  family: Uint8Array;
  /** The cluster that each belongs to most. */
  cluster: Uint8Array;
  /** Predicted accuracies, fractions; NaN where there is none. */
  accuracy: Float32Array;
  /** Which of its family's random architectures each is. */
  seed: Uint32Array;
}

interface Header {
  version: number;
  low: [number, number];
  high: [number, number];
  clusters: number;
  families: FamilyPoints[];
}

const MAGIC = 'GMAP';
const VERSION = 1;
const LAST = 65534;
const NO_ACCURACY = 65535;

/** The points that a file holds; throws where it is none, or of another version. */
export function readPoints(file: ArrayBuffer): Points {
  const view = new DataView(file);
  if (file.byteLength < 8 || ascii(file, 0, 4) !== MAGIC) throw new Error('no file of points');
  const length = view.getUint32(4, true);
  const header = JSON.parse(ascii(file, 8, length)) as Header;
  if (header.version !== VERSION) throw new Error(`points of version ${header.version}`);
  const { low, high, families, clusters } = header;
  const count = families.reduce((sum, { points }) => sum + points, 0);
  const start = 8 + length;
  const number = (column: number, idx: number) =>
    view.getUint16(start + 2 * (column * count + idx), true);
  const between = ([from, to]: readonly [number, number], share: number) =>
    from + (share / LAST) * (to - from);
  const points = empty(count, families, clusters);
  points.cluster.set(new Uint8Array(file, start + 6 * count, count));
  const gap = new Uint8Array(file, start + 7 * count, count);
  let idx = 0;
  families.forEach(({ points: ofFamily, accuracy }, family) => {
    let seed = 0;
    for (const end = idx + ofFamily; idx < end; idx++) {
      points.x[idx] = between([low[0], high[0]], number(0, idx));
      points.y[idx] = between([low[1], high[1]], number(1, idx));
      const share = number(2, idx);
      points.accuracy[idx] =
        accuracy === null || share === NO_ACCURACY ? NaN : between(accuracy, share);
      points.family[idx] = family;
      seed += gap[idx]!;
      points.seed[idx] = seed;
    }
  });
  return points;
}

function empty(count: number, families: FamilyPoints[], clusters: number): Points {
  return {
    count,
    families,
    clusters,
    x: new Float32Array(count),
    y: new Float32Array(count),
    family: new Uint8Array(count),
    cluster: new Uint8Array(count),
    accuracy: new Float32Array(count),
    seed: new Uint32Array(count),
  };
}

function ascii(file: ArrayBuffer, offset: number, length: number): string {
  return new TextDecoder().decode(new Uint8Array(file, offset, length));
}

/** Each point's place among its family's accuracies, 0 to 1; NaN where it has none. */
export function ranks({ count, families, accuracy }: Points): Float32Array {
  const ranks = new Float32Array(count).fill(NaN);
  let start = 0;
  for (const { points } of families) {
    const known = Array.from({ length: points }, (_, idx) => start + idx)
      .filter((idx) => !Number.isNaN(accuracy[idx]!))
      .sort((a, b) => accuracy[a]! - accuracy[b]!);
    known.forEach((idx, place) => {
      ranks[idx] = known.length < 2 ? 0.5 : place / (known.length - 1);
    });
    start += points;
  }
  return ranks;
}
