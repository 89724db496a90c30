// What the first visit costs in JavaScript: bytes as a host sends them, compressed by gzip. `./build.sh
// lighthouse` tells all bytes.

import { gzipSync } from 'node:zlib';

import { expect, open, test } from './site';

const MAX_SCRIPT = 120_000;

test('the first visit fetches little JavaScript', async ({ page }) => {
  const sizes: { path: string; bytes: Promise<number> }[] = [];
  page.on('response', (response) => {
    const path = new URL(response.url()).pathname;
    // another body may still be on its way when the test ends
    if (path.endsWith('.js')) sizes.push({ path, bytes: response.body().then((body) => gzipSync(body).length) });
  });
  await open(page);
  const all = await Promise.all(sizes.map(async ({ path, bytes }) => ({ path, bytes: await bytes })));
  expect(all.length).toBeGreaterThan(0);
  expect(all.reduce((total, { bytes }) => total + bytes, 0)).toBeLessThan(MAX_SCRIPT);
});
