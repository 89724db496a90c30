// What the first visit costs in JavaScript: bytes as a host sends them, compressed by gzip. `./build.sh
// lighthouse` tells all bytes.

import { gzipSync } from 'node:zlib';

import { expect, open, test } from './site';

const MAX_SCRIPT = 120_000;

test('the first visit fetches little JavaScript', async ({ page }) => {
  const sizes: { path: string; bytes: Promise<number> }[] = [];
  page.on('response', (response) => {
    const bytes = response.body().then((body) => gzipSync(body).length);
    sizes.push({ path: new URL(response.url()).pathname, bytes });
  });
  await open(page);
  const all = await Promise.all(sizes.map(async ({ path, bytes }) => ({ path, bytes: await bytes })));
  const sum = (pattern: RegExp) =>
    all.filter(({ path }) => pattern.test(path)).reduce((total, { bytes }) => total + bytes, 0);
  expect(sum(/\.js$/)).toBeLessThan(MAX_SCRIPT);
});
