// The installed package in Chromium, without a bundler: an import map and nothing else.

import assert from 'node:assert/strict';
import { copyFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, describe, test } from 'node:test';
import { fileURLToPath } from 'node:url';

import { browse } from './chromium.mjs';
import { golden, goldenFiles, installed } from './installed.mjs';

const { folder, remove } = installed();
copyFileSync(fileURLToPath(new URL('table.mjs', import.meta.url)), join(folder, 'table.mjs'));
for (const { name, bytes } of goldenFiles) writeFileSync(join(folder, name), bytes);
writeFileSync(join(folder, 'index.html'), `<!doctype html>
  <link rel="icon" href="data:," />
  <script type="importmap">{ "imports": { "gennape": "./node_modules/gennape/dist/index.js" } }</script>`);
const { page, address, close } = await browse(folder);
after(async () => {
  await close();
  remove();
});
await page.goto(address);

for (const worker of [false, true]) {
  describe(worker ? 'in a Web Worker' : 'on the page', async () => {
    const results = await page.evaluate(async ([worker, golden, goldenFiles]) => {
      const [{ createPredictor }, { run }] = await Promise.all([import('gennape'), import('/table.mjs')]);
      const bytesOf = async (name) => new Uint8Array(await (await fetch(name)).arrayBuffer());
      const files = await Promise.all(
        goldenFiles.map(async (file) => ({ ...file, bytes: await bytesOf(file.name) })),
      );
      return run(await createPredictor({ worker }), golden, files);
    }, [worker, golden, goldenFiles.map(({ bytes, ...file }) => file)]);
    for (const { name, error } of results) test(name, () => assert.equal(error, undefined));

    test('takes weights by an address relative to the page, and tells the progress', async () => {
      const { bytes, seen } = await page.evaluate(async (worker) => {
        const { createPredictor } = await import('gennape');
        const seen = [];
        const predictor = await createPredictor({
          worker,
          weights: 'node_modules/gennape/weights/gennape.safetensors',
          onProgress: (progress) => seen.push(progress),
        });
        predictor.close();
        return { bytes: predictor.info().bytes, seen };
      }, worker);
      assert.deepEqual(seen[0], { loaded: 0, total: bytes });
      assert.deepEqual(seen.at(-1), { loaded: bytes, total: bytes });
    });

    test('names the address that has no weights', async () => {
      const error = await page.evaluate(async (worker) => {
        const { createPredictor } = await import('gennape');
        return createPredictor({ worker, weights: 'nowhere' }).catch((error) => error.toJSON());
      }, worker);
      assert.equal(error.kind, 'io');
      assert.match(error.message, /\/nowhere: the server answered 404/);
    });
  });
}

test('a worker whose script is missing rejects instead of waiting', async () => {
  await page.route('**/dist/worker.js', (route) => route.fulfill({ status: 404 }));
  const error = await page.evaluate(async () => {
    const { createPredictor } = await import('gennape');
    return createPredictor().catch((error) => error.toJSON());
  });
  await page.unroute('**/dist/worker.js');
  assert.equal(error.kind, 'crashed');
  assert.match(error.message, /the worker stopped/);
});
