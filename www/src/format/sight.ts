// Which rows of a long table are in sight.

/** Rows that are drawn beyond those in sight, so that scrolling shows no gap. */
const SPARE = 10;

/** A stretch of rows. */
export interface Sight {
  first: number;
  /** Not in the stretch any more. */
  end: number;
}

/** The rows to draw of `count`, each `rowHeight` high, in a frame of `height` scrolled by `top`. */
export function sightOf(top: number, height: number, rowHeight: number, count: number): Sight {
  const first = Math.max(0, Math.floor(top / rowHeight) - SPARE);
  const end = Math.min(count, Math.ceil((top + height) / rowHeight) + SPARE);
  return { first: Math.min(first, end), end };
}

/** How far to scroll so that row `at` is in sight, under a header of one row. */
export function scrollFor(at: number, top: number, height: number, rowHeight: number): number {
  const rowTop = at * rowHeight;
  if (rowTop < top) return rowTop;
  const lowest = height - 2 * rowHeight;
  return rowTop > top + lowest ? rowTop - lowest : top;
}
