// node tools/bench-adapt.mjs RECORDS.jsonl: how long the package takes in Chromium to adapt to the
// records in a file: until the first answer, and with cross-validation. Needs ./build.sh pkg; prints,
// asserts nothing.

import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

import { browse } from '../pkg/test/chromium.mjs';

/** Runs in the page. */
async function measure({ records, repeats }) {
  const { createPredictor } = await import('/dist/index.js');
  const predictor = await createPredictor();
  const times = { fit: [], all: [] };
  for (let i = 0; i < repeats; i++) {
    const start = performance.now();
    let fit;
    const onProgress = ({ what }) => what === 'cross-validate' && (fit ??= performance.now() - start);
    var { networks, adapted, bytes } = await predictor.adapt(records, { onProgress });
    times.fit.push(fit);
    times.all.push(performance.now() - start);
  }
  predictor.close();
  const median = (values) => values.sort((a, b) => a - b)[values.length >> 1];
  return { networks, adapted, bytes: bytes.length, fit: median(times.fit), all: median(times.all) };
}

const records = readFileSync(process.argv[2], 'utf8');
const folder = fileURLToPath(new URL('../pkg', import.meta.url));
const { page, address, close } = await browse(folder);
await page.goto(`${address}package.json`);
const { networks, adapted, bytes, fit, all } = await page.evaluate(measure, { records, repeats: 11 });
console.log(`${networks} networks: first answer ${fit.toFixed(0)} ms, cross-validated ${all.toFixed(0)} ms`);
console.log(`${bytes} bytes, Spearman ${adapted.spearman?.toFixed(4)}, coverage ${adapted.coverage}`);
await close();
