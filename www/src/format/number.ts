// Numbers as people read them. Fractions become percent here and nowhere else.

const THIN_SPACE = '\u2009';
const NO_BREAK_SPACE = '\u00a0';

/** A fraction in percent with two decimals, without the sign. */
export function percent(fraction: number): string {
  return (fraction * 100).toFixed(2);
}

/** A share in whole percent; what is neither nothing nor all never rounds to it. */
export function share(fraction: number): string {
  if (fraction > 0 && fraction < 0.005) return withSign('< 1');
  if (fraction < 1 && fraction > 0.995) return withSign('> 99');
  return withSign(Math.round(fraction * 100).toFixed(0));
}

/** A number with its percent sign, on one line. */
export function withSign(number: string): string {
  return number + NO_BREAK_SPACE + '%';
}

/** A whole number with its thousands grouped. */
export function grouped(count: number): string {
  return Math.round(count)
    .toFixed(0)
    .replace(/\B(?=(\d{3})+$)/g, ',');
}

const STEPS = [
  { from: 1e12, sign: 'T' },
  { from: 1e9, sign: 'G' },
  { from: 1e6, sign: 'M' },
  { from: 1e3, sign: 'k' },
] as const;

/** Three digits and a sign of size: 802,426 is 802 k. */
export function compact(count: number): string {
  const step = STEPS.find(({ from }) => Number(count.toPrecision(3)) >= from);
  if (step === undefined) return grouped(count);
  const scaled = Number((count / step.from).toPrecision(3));
  const decimals = scaled < 10 ? 2 : scaled < 100 ? 1 : 0;
  return scaled.toFixed(decimals) + THIN_SPACE + step.sign;
}

/** The same without zeros that say nothing, for round numbers: 1,500,000 is 1.5 M. */
export function rounded(count: number): string {
  return compact(count).replace(/(\.\d*?)0+(?=\D|$)/, '$1').replace(/\.(?=\D|$)/, '');
}

/** Bytes in decimal units, as browsers count downloads. */
export function bytes(count: number): string {
  if (count < 1e6) return `${Math.round(count / 1e3)}${THIN_SPACE}kB`;
  return `${(count / 1e6).toFixed(1)}${THIN_SPACE}MB`;
}
