// What every predictor must do, local or in a worker, in Node or in a browser. Imports nothing: the
// browser loads it as it is.

/** A NAS-Bench-201 cell with its numbers from the benchmark's own sample files. */
export const nb201 =
  '|nor_conv_3x3~0|+|nor_conv_3x3~0|avg_pool_3x3~1|+|none~0|nor_conv_3x3~1|avg_pool_3x3~2|';

/** Every key of a Prediction, in order. */
const keys = [
  'accuracy', 'low', 'high', 'target', 'rank', 'networks_share', 'family', 'text', 'membership', 'head_outputs',
  'embedding', 'map', 'novelty', 'params', 'macs', 'graph_params', 'graph_macs', 'nodes', 'edges', 'depth', 'input', 'notes',
];

const checks = {
  'predicts with every field in its place': async (predictor) => {
    const prediction = await predictor.predict(nb201);
    equal(Object.keys(prediction).sort(), [...keys].sort());
    const { accuracy, low, high, membership, head_outputs, novelty } = prediction;
    truthy(0 <= low && low <= accuracy && accuracy <= high && high <= 1, `${low} ${accuracy} ${high}`);
    truthy(Math.abs(membership.reduce((sum, part) => sum + part, 0) - 1) < 1e-5, membership);
    equal(head_outputs.length, membership.length);
    truthy(0 <= novelty && novelty <= 1, novelty);
  },
  'counts what the benchmark counts': async (predictor) => {
    const { family, params, macs, nodes, edges, input } = await predictor.predict(nb201);
    equal({ family, params, macs, nodes, edges, input }, {
      family: 'nb201', params: 802426, macs: 113951360, nodes: 206, edges: 237, input: [32, 32, 3],
    });
  },
  'agrees with the native program': async (predictor, golden) => {
    for (const { text, target, accuracy, low, high, novelty, ...counts } of golden) {
      const prediction = await predictor.predict(text, { target });
      for (const [name, number] of Object.entries({ accuracy, low, high, novelty })) {
        truthy(Math.abs(prediction[name] - number) < 1e-5, `${name} ${prediction[name]} of ${text}`);
      }
      for (const [name, number] of Object.entries(counts)) equal(prediction[name], number);
    }
  },
  'lists layers that add up, and which come several times': async (predictor) => {
    const { layers, groups, graph_macs, nodes, csv } = await predictor.inspect(nb201, { csv: true });
    equal(layers.length, nodes);
    equal(layers.reduce((sum, { macs }) => sum + macs, 0), graph_macs);
    equal(groups.filter(({ parent }) => parent === null).map(({ times }) => times), [5, 5, 5]);
    equal(csv.trimEnd().split('\n').length, nodes + 1);
    const { layers: others } = await predictor.inspect(nb201, { target: 'nb201/cifar100' });
    equal(others.at(-1).output, [1, 1, 100]);
  },
  'judges every change as its own text': async (predictor) => {
    const { target, total, changes } = await predictor.changes(nb201, { first: 4, count: 3 });
    equal([target, total, changes.length], ['nb201/cifar10', 24, 3]);
    for (const { text, accuracy, params, macs } of changes) {
      const alone = await predictor.predict(text);
      truthy(Math.abs(alone.accuracy - accuracy) < 1e-5, text);
      equal([alone.params, alone.macs], [params, macs]);
    }
    equal((await predictor.changes(nb201)).changes.length, 24);
  },
  'reads files and agrees with the native program': async (predictor, golden, files) => {
    for (const { name, bytes, input_size: inputSize, accuracy, low, high, novelty, params, macs, target } of files) {
      for (const file of [bytes, new Blob([bytes]), new File([bytes], name)]) {
        const prediction = await predictor.predictFile(file, { inputSize });
        for (const [field, number] of Object.entries({ accuracy, low, high, novelty })) {
          truthy(Math.abs(prediction[field] - number) < 1e-5, `${field} ${prediction[field]} of ${name}`);
        }
        equal([prediction.params, prediction.macs, prediction.target], [params, macs, target]);
        equal(prediction.file.bytes, bytes.length);
        equal((await predictor.inspectFile(file, { inputSize })).nodes, prediction.nodes);
        truthy(/^(ONNX, opset \d+|a Keras model)$/.test(prediction.file.format), prediction.file.format);
      }
    }
  },
  'reads Keras models wherever networks are taken': async (predictor, golden, files) => {
    const { bytes, accuracy } = files.find(({ name }) => name.includes('keras'));
    const text = new TextDecoder().decode(bytes);
    const near = (found) => truthy(Math.abs(found - accuracy) < 1e-5, found);
    const { nodes, ...prediction } = await predictor.predict(text);
    near(prediction.accuracy);
    equal((await predictor.inspect(text)).layers.length, nodes);
    equal((await predictor.changes(text)).total, 0);
    const line = text.replaceAll('\n', ' ');
    const lines = [
      { number: 1, text: line },
      { number: 2, text: nb201 },
      { number: 3, text: `{"id": "k", "arch": ${line}}` },
      { number: 4, text: line.replaceAll('"Conv2D"', '"Conv2E"') },
    ];
    const [plain, cell, record, wrong] = await predictor.predictLines(lines);
    near(plain.accuracy);
    near(record.accuracy);
    equal([plain.id, cell.family, record.id, wrong.id, wrong.error.kind], [1, 'nb201', 'k', 4, 'invalid-graph']);
    // one network is too few, and that is what is said of it
    const error = await fails(() => predictor.adapt(`{"arch": ${line}, "accuracy": {"mine": 0.7}}`), { kind: 'record' });
    truthy(error.message.includes('networks'), error.message);
  },
  'reads a text in a file as the text': async (predictor) => {
    const { file, ...prediction } = await predictor.predictFile(new TextEncoder().encode(nb201));
    equal(file, { format: 'NAS-Bench-201', bytes: nb201.length, open_size: false });
    equal(prediction, await predictor.predict(nb201));
  },
  'takes sizes as numbers, and a target': async (predictor, golden, files) => {
    const { bytes } = files[0];
    const options = { inputSize: 96, target: 'nb201/cifar100', keepFolded: true };
    const { input, target, notes } = await predictor.predictFile(bytes, options);
    equal([input, target], [[96, 96, 3], 'nb201/cifar100']);
    equal(notes.map(({ kind }) => kind), ['nearest']);
    const assumed = await predictor.predictFile(bytes);
    equal(assumed.notes.map(({ kind }) => kind), ['image-size', 'nearest']);
  },
  'says where a file is damaged and what it is': async (predictor, golden, files) => {
    const { bytes } = files.find(({ name }) => name === 'flattened.onnx');
    const cut = await fails(() => predictor.predictFile(bytes.subarray(0, 999)), { kind: 'syntax' });
    truthy(cut.message.includes('at byte'), cut.message);
    const misfit = await fails(() => predictor.predictFile(bytes), { kind: 'invalid-graph' });
    truthy(misfit.message.includes('head'), misfit.message);
    equal(misfit.file, { format: 'ONNX, opset 17', bytes: bytes.length, open_size: true });
    const wrong = nb201.replace('none', 'nun');
    const place = await fails(() => predictor.predictFile(new Blob([`\n${wrong}`])), { line: 2, kind: 'invalid-architecture' });
    equal(place.file.format, 'NAS-Bench-201');
  },
  'refuses files that are none, and sizes that are none': async (predictor, golden, files) => {
    const { bytes } = files[0];
    await fails(() => predictor.predictFile(new Uint8Array(0)), { kind: 'unknown-format' });
    await fails(() => predictor.predictFile(new TextEncoder().encode('PK\x03\x04')), { kind: 'unknown-format' });
    await fails(() => predictor.predictFile(bytes, { inputSize: 'large' }), { kind: 'config' });
    await fails(() => predictor.predictFile(201), { kind: 'config' });
  },
  'answers a list line by line, whatever is wrong with some': async (predictor) => {
    const lines = [
      { number: 1, text: nb201 },
      { number: 2, text: nb201.replace('none', 'nun') },
      { number: 5, text: JSON.stringify({ id: 'c', arch: nb201 }) },
    ];
    const [first, wrong, record] = await predictor.predictLines(lines, { target: 'nb201/cifar100' });
    const { accuracy, low, high, params, target } = await predictor.predict(nb201, { target: 'nb201/cifar100' });
    for (const [answer, id] of [[first, 1], [record, 'c']]) {
      const expected = { id, accuracy, low, high, params, target };
      equal(Object.fromEntries(Object.keys(expected).map((key) => [key, answer[key]])), expected);
    }
    equal([wrong.id, wrong.error.kind, wrong.error.line], [2, 'invalid-architecture', 2]);
    equal(await predictor.predictLines([]), []);
    const many = Array.from({ length: 40 }, (_, index) => ({ number: index + 1, text: nb201 }));
    const done = await predictor.predictLines(many, { milliseconds: 0 });
    equal(done.map(({ id }) => id), [1]);
    equal((await predictor.predictLines(many, { milliseconds: 60_000 })).length, many.length);
  },
  'answers calls side by side, each its own': async (predictor) => {
    const shallow = '|skip_connect~0|+|none~0|none~1|+|none~0|none~1|nor_conv_1x1~2|';
    const texts = [nb201, shallow, nb201, shallow];
    const predictions = await Promise.all(texts.map((text) => predictor.predict(text)));
    equal(predictions[0], predictions[2]);
    equal(predictions[1], predictions[3]);
    truthy(predictions[0].accuracy !== predictions[1].accuracy, 'two cells, one accuracy');
  },
  'predicts for the target that is asked for': async (predictor) => {
    for (const { name, family } of predictor.info().targets.filter((target) => target.family === 'nb201')) {
      const prediction = await predictor.predict(nb201, { target: name });
      equal([prediction.target, prediction.family], [name, family]);
    }
  },
  'draws architectures by their seed': async (predictor) => {
    for (const { name } of predictor.info().families) {
      const texts = await Promise.all([1, 2, 1].map((seed) => predictor.sample(name, seed)));
      equal(texts[0], texts[2]);
      truthy(texts[0] !== texts[1], `${name}: two seeds, one architecture`);
      equal((await predictor.predict(texts[0])).family, name);
    }
    await fails(() => predictor.sample('mars', 1), { kind: 'target' });
  },
  'places networks on the map': async (predictor) => {
    const { map } = await predictor.predict(nb201);
    equal(map.map((place) => Number.isFinite(place)), [true, true]);
  },
  'tells what the weights are': async (predictor) => {
    const { targets, families, members, clusters, bytes, seeds } = predictor.info();
    truthy(targets.length > 0 && clusters > 0 && bytes > 0, 'something is missing');
    equal(seeds.length, members);
    for (const { name, example } of families) {
      equal((await predictor.predict(example)).family, name);
    }
  },
  'names the place of an unknown operation': (predictor) =>
    fails(() => predictor.predict(nb201.replace('~0|+', '~0|\n+').replace('|none~0|', '|nun~0|')), {
      kind: 'invalid-architecture', line: 2, column: 35,
    }),
  'refuses an unknown target': (predictor) =>
    fails(() => predictor.predict(nb201, { target: 'nb201/mnist' }), { kind: 'target' }),
  'refuses noise': (predictor) => fails(() => predictor.predict('noise'), { kind: 'unknown-format' }),
  'refuses what is no text': (predictor) => fails(() => predictor.predict(201), { kind: 'config' }),
  'says why nothing can be learned from some records': async (predictor) => {
    const few = measured().slice(0, 7).join('\n');
    const error = await fails(() => predictor.adapt(few), { kind: 'record' });
    truthy(error.message.startsWith('adaptation needs at least 8 different networks'), error.message);
    await fails(() => predictor.adapt('{"arch": 1}'), { line: 1 });
    await fails(() => predictor.adapt(8), { kind: 'config' });
  },
  'stops an adaptation where the caller ends it': async (predictor) => {
    const controller = new AbortController();
    const records = measured().join('\n');
    const onProgress = ({ done }) => done === 1 && controller.abort(new Error('enough'));
    const thrown = await predictor.adapt(records, { onProgress, signal: controller.signal }).catch((error) => error);
    equal(thrown.message, 'enough');
  },
  'adapts to measured networks and takes the target on': async (predictor) => {
    const seen = [];
    const records = measured();
    const { bytes, target, networks, adapted, points } = await predictor.adapt(records.join('\n'), {
      onProgress: (progress) => seen.push(progress),
    });
    equal([target, networks, points.length], ['adapted/mine', 16, 16]);
    truthy(adapted.spearman > 0 && bytes.length < 100_000, `${adapted.spearman}, ${bytes.length} bytes`);
    equal(seen.map(({ done }) => done), seen.map((_, nth) => nth + 1));
    equal(seen.at(-1).total, seen.length);
    const info = await predictor.addAdapted(bytes);
    equal([info.targets.at(-1).name, predictor.info()], ['adapted/mine', info]);
    const { target: own, accuracy } = await predictor.predict(nb201);
    truthy(own === 'adapted/mine' && accuracy > 0.5 && accuracy < 0.9, `${accuracy} on ${own}`);
    await fails(() => predictor.addAdapted(bytes.subarray(9)), { kind: 'weights' });
  },
  'refuses calls once closed': async (predictor) => {
    predictor.close();
    predictor.close();
    await fails(() => predictor.predict(nb201), { kind: 'closed' });
    await fails(() => predictor.predictFile(new Uint8Array(9)), { kind: 'closed' });
    await fails(() => predictor.sample('nb201', 1), { kind: 'closed' });
  },
};

/** Records of different cells, with accuracies that grow with their convolutions. */
function measured() {
  const ops = ['skip_connect', 'nor_conv_1x1', 'nor_conv_3x3', 'avg_pool_3x3'];
  return Array.from({ length: 16 }, (_, nth) => {
    const [a, b] = [ops[nth % 4], ops[nth >> 2]];
    const arch = `|${a}~0|+|${b}~0|nor_conv_3x3~1|+|nor_conv_3x3~0|none~1|nor_conv_1x1~2|`;
    const accuracy = 0.6 + (0.05 * (nth % 4) + 0.01 * (nth >> 2));
    return JSON.stringify({ id: nth, arch, accuracy: { mine: accuracy } });
  });
}

/**
 * Runs all checks on one predictor; gives their names with what went wrong, if anything. `golden` is
 * tests/golden/predictions.json, written by the native program with the same weights; `files` is
 * files.json beside it, each with its `name` and `bytes`.
 */
export async function run(predictor, golden, files) {
  const results = [];
  for (const [name, check] of Object.entries(checks)) {
    const error = await check(predictor, golden, files).then(() => undefined, String);
    results.push({ name, error });
  }
  return results;
}

/** The GennapeError that the call rejects with, which must have at least these fields. */
export async function fails(call, expected) {
  const error = await call().then(
    (value) => { throw new Error(`expected an error, got ${JSON.stringify(value)}`); },
    (thrown) => thrown,
  );
  equal(error.name, 'GennapeError');
  truthy(error.message.length > 0, 'the error has no message');
  for (const [key, value] of Object.entries(expected)) equal(error[key], value);
  return error;
}

function equal(actual, expected) {
  const [is, should] = [JSON.stringify(actual), JSON.stringify(expected)];
  if (is !== should) throw new Error(`got ${is}, expected ${should}`);
}

function truthy(condition, found) {
  if (!condition) throw new Error(`unexpected: ${found}`);
}
