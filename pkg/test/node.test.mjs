// The installed package in Node.

import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import { after, describe, test } from 'node:test';
import { pathToFileURL } from 'node:url';

import { golden, goldenFiles, installed } from './installed.mjs';
import { fails, nb201, run } from './table.mjs';

const { folder, files, remove } = installed();
after(remove);

const inPackage = (path) => join(folder, 'node_modules/gennape', path);
const weights = inPackage('weights/gennape.safetensors');
const { createPredictor, GennapeError } = await import(pathToFileURL(inPackage('dist/index-node.js')));

for (const worker of [false, true]) {
  describe(worker ? 'in a worker thread' : 'on the calling thread', async () => {
    for (const { name, error } of await run(await createPredictor({ worker }), golden, goldenFiles)) {
      test(name, () => assert.equal(error, undefined));
    }

    test('takes weights as path, address and bytes, and tells the progress', async () => {
      const bytes = readFileSync(weights);
      const sources = [relative('', weights), pathToFileURL(weights), bytes, new Uint8Array(bytes).buffer];
      for (const source of sources) {
        const seen = [];
        const onProgress = (progress) => seen.push(progress);
        const predictor = await createPredictor({ worker, weights: source, onProgress });
        assert.equal(predictor.info().bytes, bytes.length);
        predictor.close();
        const whole = { loaded: bytes.length, total: bytes.length };
        assert.deepEqual(seen.at(-1), ArrayBuffer.isView(source) || source instanceof ArrayBuffer ? undefined : whole);
      }
    });

    test('reads files by path and address, and says which is missing', async () => {
      const predictor = await createPredictor({ worker });
      const [{ path, accuracy }] = goldenFiles;
      for (const source of [relative('', path), path, pathToFileURL(path)]) {
        const prediction = await predictor.predictFile(source);
        assert.ok(Math.abs(prediction.accuracy - accuracy) < 1e-5);
      }
      await fails(() => predictor.predictFile('no/such.onnx'), { kind: 'io' });
      predictor.close();
    });

    test('refuses weights that are missing, cut off or no weights at all', async () => {
      const load = (source) => () => createPredictor({ worker, weights: source });
      await fails(load('no/such/file'), { kind: 'io' });
      await fails(load(readFileSync(weights).subarray(0, 1000)), { kind: 'weights' });
      await fails(load(new Uint8Array(0)), { kind: 'weights' });
      await fails(load(new TextEncoder().encode('noise'.repeat(999))), { kind: 'weights' });
      await fails(load(5), { kind: 'config' });
    });

    test('rejects with errors of the exported class', async () => {
      const predictor = await createPredictor({ worker });
      await assert.rejects(predictor.predict(''), GennapeError);
      predictor.close();
    });
  });
}

test('a call under way when the predictor is closed rejects', async () => {
  const predictor = await createPredictor();
  const call = predictor.predict(nb201);
  predictor.close();
  await fails(() => call, { kind: 'closed' });
});

test('a program ends by itself though the worker was not closed', () => {
  const program = join(folder, 'program.js');
  writeFileSync(program, `
    import { createPredictor } from 'gennape';
    const predictor = await createPredictor();
    console.log((await predictor.predict('${nb201}')).params);
  `);
  const output = execFileSync('node', [program], { encoding: 'utf8', timeout: 30_000 });
  assert.equal(output, '802426\n');
});

test('the package holds what is needed and nothing else', () => {
  const foreign = files.filter((file) => !/^(dist|generated|weights)\/|^(LICENSE-|README|package\.json)/.test(file));
  assert.deepEqual(foreign, []);
  for (const file of ['LICENSE-MIT', 'LICENSE-APACHE', 'README.md', 'generated/gennape_bg.wasm']) {
    assert.ok(files.includes(file), file);
  }
});
