// Numbers, places and words, without a browser.

import { expect, test } from '@playwright/test';

import { readLink, linkTo } from '../src/format/link';
import { fileFacts, isText } from '../src/format/file';
import { piecesOf } from '../src/format/message';
import { bytes, compact, grouped, percent, share } from '../src/format/number';
import { beginningOf, isShort, MAX_CHARACTERS, MAX_LINES, rowsOf } from '../src/format/rows';
import { placeIn, ticksOf, windowFor } from '../src/format/scale';
import { offsetOf, spotOf } from '../src/format/spot';
import { headlineOf, nearnessOf, noveltySentence, recordSentence } from '../src/format/trust';

const THIN = '\u2009';

test('numbers are short where they are read and exact where they are looked up', () => {
  const cases: [string, string][] = [
    [percent(0.93664), '93.66'],
    [share(0), '0\u00a0%'],
    [share(0.002), '< 1\u00a0%'],
    [share(0.614), '61\u00a0%'],
    [share(0.999), '> 99\u00a0%'],
    [share(1), '100\u00a0%'],
    [grouped(227902720), '227,902,720'],
    [grouped(96), '96'],
    [compact(802426), `802${THIN}k`],
    [compact(1531546), `1.53${THIN}M`],
    [compact(999950), `1.00${THIN}M`],
    [compact(6110450688), `6.11${THIN}G`],
    [compact(12), '12'],
    [bytes(423_700), `424${THIN}kB`],
    [bytes(10_485_760), `10.5${THIN}MB`],
  ];
  for (const [got, wanted] of cases) expect(got).toBe(wanted);
});

test('a place is the word that stands there, or the end of its line', () => {
  const cases = [
    { text: '|a~0|+|conv_5x5~1|', line: 1, column: 8, word: 'conv_5x5', offset: 7 },
    { text: '|a~0|', line: 1, column: 1, word: '|', offset: 0 },
    { text: 'ab\ncd é conv', line: 2, column: 6, word: 'conv', offset: 8 },
    { text: 'a 😀 conv', line: 1, column: 5, word: 'conv', offset: 5 },
    { text: '|a~0|', line: 1, column: 6, word: '', offset: 5 },
    { text: 'ab', line: 9, column: 9, word: '', offset: 2 },
  ];
  for (const { text, line, column, word, offset } of cases) {
    const spot = spotOf(text, line, column);
    expect(offsetOf(text, spot)).toBe(offset);
    expect(text.slice(offset, offset + spot.end - spot.start)).toBe(word);
  }
});

test('rows hold the whole text, cut at the mark', () => {
  const text = 'first\nsecond line\n';
  const rows = rowsOf(text, spotOf(text, 2, 8));
  expect(rows.map(({ before, marked, after }) => before + (marked ?? '') + after)).toEqual(
    text.split('\n'),
  );
  expect(rows[1]).toEqual({ before: 'second ', marked: 'line', after: '' });
  expect(rows[0]?.marked).toBeNull();
});

test('a text is short up to its limits, and a long one is shown by its beginning', () => {
  expect(isShort('x'.repeat(MAX_CHARACTERS))).toBe(true);
  expect(isShort('x'.repeat(MAX_CHARACTERS + 1))).toBe(false);
  expect(isShort('\n'.repeat(MAX_LINES - 1))).toBe(true);
  expect(isShort('\n'.repeat(MAX_LINES))).toBe(false);
  expect(isShort(beginningOf('\n'.repeat(1e6)))).toBe(true);
});

test('the scale is the narrowest window around the interval, with round marks', () => {
  const cases = [
    { low: 0.9306, high: 0.9416, from: 0.9, to: 1 },
    { low: 0.895, high: 0.905, from: 0.85, to: 0.95 },
    { low: 0.82, high: 0.94, from: 0.8, to: 1 },
    { low: 0.1, high: 0.45, from: 0, to: 0.5 },
    { low: 0.01, high: 0.97, from: 0, to: 1 },
    { low: 0, high: 0, from: 0, to: 0.1 },
    { low: 1, high: 1, from: 0.9, to: 1 },
  ];
  for (const { low, high, from, to } of cases) {
    expect(windowFor(low, high)).toEqual({ from, to });
    const labels = ticksOf({ from, to }).flatMap(({ label }) => label ?? []);
    expect(labels[0]).toBe(String(Math.round(from * 100)));
    expect(labels.at(-1)).toBe(String(Math.round(to * 100)));
    expect(labels.length).toBeLessThanOrEqual(6);
  }
  expect(placeIn({ from: 0.9, to: 1 }, 0.95)).toBeCloseTo(0.5);
  expect(placeIn({ from: 0.9, to: 1 }, 0.2)).toBe(0);
});

test('novelty is said in words', () => {
  expect([0, 0.9, 0.91, 0.99, 1].map(nearnessOf)).toEqual(['inside', 'inside', 'edge', 'edge', 'far']);
  expect(noveltySentence(0.38, false)).toContain('62\u00a0% lie farther');
  expect(noveltySentence(1, false)).toContain('take this number as a guess');
  expect(noveltySentence(0.2, true)).toContain('no number to expect');
  expect(headlineOf(0.2, 'own')).toBe('Inside the known family');
  expect(headlineOf(0.2, 'foreign')).toBe('Outside the known families, but like them');
  expect(headlineOf(0.995, 'general')).toBe('Of no known family, and unlike all it learned from');
});

test('what was measured of a target is said, and nothing else', () => {
  const target = {
    name: 'nb201/cifar10',
    family: 'nb201',
    dataset: 'cifar10',
    title: 'CIFAR-10, 200 epochs',
    networks: 7612,
    held_out: 1090,
    kendall: null,
  };
  const measured = { ...target, spearman: 0.974, mae: 0.0031, coverage: 0.906 };
  expect(recordSentence(measured)).toBe(
    'Learned from 7,612 networks. On 1,090 others: rank correlation 0.974, ' +
      'off by 0.31 points on average, 91\u00a0% inside their interval.',
  );
  const general = { ...measured, name: 'general/imagenet', family: 'general' };
  expect(recordSentence(general)).toMatch(/^Learned from 7,612 networks\. Each judged without those of its kind: rank /);
  const unmeasured = { ...target, spearman: null, mae: null, coverage: null };
  expect(recordSentence(unmeasured)).toBe('Learned from 7,612 networks; not yet checked on others.');
});

test('a message becomes a sentence, its code apart', () => {
  expect(piecesOf('unknown op `conv5x5`; expected `none`')).toEqual([
    { text: 'Unknown op ', isCode: false },
    { text: 'conv5x5', isCode: true },
    { text: '; expected ', isCode: false },
    { text: 'none', isCode: true },
    { text: '.', isCode: false },
  ]);
});

test('a file is told in words, and a text from other bytes', () => {
  const info = { format: 'ONNX, opset 17', bytes: 46_800_000, open_size: false };
  expect(fileFacts(46_800_000, info)).toBe(`ONNX, opset 17 · 46.8${THIN}MB`);
  expect(fileFacts(900, null)).toBe(`1${THIN}kB`);
  expect(isText('{"ops": ["é"]}\r\n\t|x~0|')).toBe(true);
  expect(isText('\b\u0007\u0012')).toBe(false);
});

test('a link brings back what it was made of', () => {
  const link = { text: '{"ops": ["a+b", "é"]}\n|x~0|', target: 'nb201/cifar10' };
  expect(readLink(linkTo(link))).toEqual(link);
  expect(readLink('#text=abc')).toEqual({ text: 'abc', target: 'auto' });
  expect(readLink('')).toBeNull();
  expect(readLink('#top')).toBeNull();
});
