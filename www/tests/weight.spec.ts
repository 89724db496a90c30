// What the first visit costs: bytes of all that is fetched until the page rests, each file compressed by
// gzip as hosts do it, weights and WASM included. What is kept for later use without a connection comes
// after that, and is not counted.

import { gzipSync } from 'node:zlib';

import { drag, expect, fixture, open, test } from './site';

const MAX_BYTES = 1_000_000;
const MAX_SCRIPT = 120_000;

test('the first visit fetches less than a megabyte, little of it JavaScript', async ({ page }) => {
  const sizes: Promise<{ path: string; bytes: number }>[] = [];
  page.on('response', (response) => {
    const path = new URL(response.url()).pathname;
    // another body may still be on its way when the test ends
    sizes.push(response.body().then((body) => ({ path, bytes: gzipSync(body).length })));
  });
  await open(page);
  await page.waitForLoadState('networkidle');
  const all = await Promise.all(sizes);
  for (const needed of ['/', '.css', '/gennape.safetensors', '.wasm', '/worker-']) {
    expect(all.filter(({ path }) => path.endsWith(needed) || path.includes(needed)).length, needed).toBeGreaterThan(0);
  }
  const sum = (some: typeof all) => some.reduce((total, { bytes }) => total + bytes, 0);
  const scripts = all.filter(({ path }) => path.endsWith('.js'));
  const told = all.map(({ path, bytes }) => `${bytes} ${path}`).join('\n');
  expect(sum(all), told).toBeLessThanOrEqual(MAX_BYTES);
  expect(sum(scripts), told).toBeLessThanOrEqual(MAX_SCRIPT);
});

test('what reads ONNX files is fetched with the first of them, and once', async ({ page }) => {
  const asked: string[] = [];
  page.on('request', (request) => {
    if (request.url().includes('readers')) asked.push(request.url());
  });
  await open(page);
  expect(asked).toEqual([]);
  for (const file of ['golden/files/residual.onnx', 'onnx/files/resnet18-torchscript-13-inputs.onnx.gz']) {
    await drag(page, [fixture(file)]);
    await expect(page.getByText(/^Read as ONNX/)).toHaveCount(1);
  }
  expect(asked.map((url) => url.replace(/^.*\//, '').replace(/-[^-]{8}\./, '.')).sort()).toEqual(['readers.js', 'readers_bg.wasm']);
});
