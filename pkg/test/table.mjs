// What every predictor must do, local or in a worker, in Node or in a browser. Imports nothing: the
// browser loads it as it is.

/** A NAS-Bench-201 cell with its numbers from the benchmark's own sample files. */
export const nb201 =
  '|nor_conv_3x3~0|+|nor_conv_3x3~0|avg_pool_3x3~1|+|none~0|nor_conv_3x3~1|avg_pool_3x3~2|';

/** Every key of a Prediction, in order. */
const keys = [
  'accuracy', 'low', 'high', 'target', 'family', 'text', 'membership', 'head_outputs', 'embedding',
  'novelty', 'params', 'macs', 'graph_params', 'graph_macs', 'nodes', 'edges', 'depth', 'input', 'notes',
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
  'refuses calls once closed': async (predictor) => {
    predictor.close();
    predictor.close();
    await fails(() => predictor.predict(nb201), { kind: 'closed' });
  },
};

/**
 * Runs all checks on one predictor; gives their names with what went wrong, if anything. `golden` is
 * tests/golden/predictions.json, written by the native program with the same weights.
 */
export async function run(predictor, golden) {
  const results = [];
  for (const [name, check] of Object.entries(checks)) {
    const error = await check(predictor, golden).then(() => undefined, String);
    results.push({ name, error });
  }
  return results;
}

/** Checks that the call rejects with a GennapeError that has at least these fields. */
export async function fails(call, expected) {
  const error = await call().then(
    (value) => { throw new Error(`expected an error, got ${JSON.stringify(value)}`); },
    (thrown) => thrown,
  );
  equal(error.name, 'GennapeError');
  truthy(error.message.length > 0, 'the error has no message');
  for (const [key, value] of Object.entries(expected)) equal(error[key], value);
}

function equal(actual, expected) {
  const [is, should] = [JSON.stringify(actual), JSON.stringify(expected)];
  if (is !== should) throw new Error(`got ${is}, expected ${should}`);
}

function truthy(condition, found) {
  if (!condition) throw new Error(`unexpected: ${found}`);
}
