// node tools/bench-browser.mjs: how long the package takes in Chromium, from nothing to ready and for
// one whole prediction of each family's example. Needs ./build.sh pkg; prints, asserts nothing.

import { fileURLToPath } from 'node:url';

import { browse } from '../pkg/test/chromium.mjs';

/** Runs in the page. */
async function measure({ worker, repeats }) {
  const { createPredictor } = await import('/dist/index.js');
  const begin = performance.now();
  const predictor = await createPredictor({ worker });
  const rows = [{ what: 'ready', milliseconds: performance.now() - begin }];
  for (const { name, example } of predictor.info().families) {
    const times = [];
    for (let i = 0; i < repeats; i++) {
      const start = performance.now();
      await predictor.predict(example);
      times.push(performance.now() - start);
    }
    times.sort((a, b) => a - b);
    rows.push({ what: `predict ${name}`, milliseconds: times[repeats >> 1] });
  }
  predictor.close();
  return rows;
}

const folder = fileURLToPath(new URL('../pkg', import.meta.url));
const { page, address, close } = await browse(folder);
await page.goto(`${address}package.json`);
for (const worker of [true, false]) {
  const place = worker ? 'Chromium, worker' : 'Chromium, page';
  for (const { what, milliseconds } of await page.evaluate(measure, { worker, repeats: 101 })) {
    console.log(`${place}: ${what.padEnd(16)} ${milliseconds.toFixed(1).padStart(8)} ms`);
  }
}
await close();
