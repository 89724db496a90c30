// Axes of plots: a stretch of numbers with round marks on it, linear or logarithmic.

/** A stretch of numbers and where its marks are. */
export interface Axis {
  from: number;
  to: number;
  ticks: number[];
  /** The place of a number, 0 to 1. */
  place(value: number): number;
}

/** A linear axis with room for all values, marked at 1, 2 or 5 times a power of ten. */
export function linearAxis(low: number, high: number, nTicks: number): Axis {
  const span = high - low || Math.abs(high) || 1;
  const raw = span / nTicks;
  const power = 10 ** Math.floor(Math.log10(raw));
  const step = [1, 2, 5, 10].find((factor) => factor * power >= raw)! * power;
  const from = Math.floor(low / step) * step;
  const to = Math.max(Math.ceil(high / step) * step, from + step);
  const ticks = [];
  for (let index = 0; from + index * step <= to + step / 2; index++) ticks.push(from + index * step);
  return { from, to, ticks, place: (value) => (value - from) / (to - from) };
}

/** A logarithmic axis; over less than a decade it is marked at 1, 2 and 5, else at powers of ten. */
export function logAxis(low: number, high: number): Axis {
  const from = Math.max(low, 1) / 1.05;
  const to = Math.max(high, 1) * 1.05;
  const factors = to / from > 1000 ? [1] : to / from > 20 ? [1, 3] : [1, 1.5, 2, 3, 5, 7];
  const ticks = [];
  for (let power = 10 ** Math.floor(Math.log10(from)); power <= to; power *= 10) {
    ticks.push(...factors.map((factor) => factor * power));
  }
  const width = Math.log(to / from);
  return {
    from,
    to,
    ticks: ticks.filter((tick) => tick >= from && tick <= to),
    place: (value) => Math.log(Math.max(value, 1) / from) / width,
  };
}
