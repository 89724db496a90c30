// Networks that the page compares a pasted one with, into public/known.json (not committed: it follows
// from the weights). `node scripts/known.mjs`, a part of the page's build.
//
// Each family's are drawn by walks of one-step changes from its example, so the whole space is within
// reach; the generator is seeded, so equal weights give an equal file.

import { readFileSync, writeFileSync } from 'node:fs';

import init, { Predictor } from '../../pkg/generated/gennape.js';

const IN = new URL('../public/weights/gennape.safetensors', import.meta.url);
const WASM = new URL('../../pkg/generated/gennape_bg.wasm', import.meta.url);
const OUT = new URL('../public/known.json', import.meta.url);

/** Networks of a family, and steps between two of them. */
const N_NETWORKS = 12;
const N_STEPS = 6;
/** Decimals of an embedding's numbers: enough to tell neighbours apart. */
const DECIMALS = 3;

/** A linear congruential generator (Numerical Recipes): numbers from 0 to 1. */
function seeded(state) {
  return () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return state / 2 ** 32;
  };
}

/** The text some steps away; a step that makes no network is not taken. */
function walked(model, text, random) {
  for (let step = 0; step < N_STEPS; step++) {
    const { total } = model.changes(text, 0, 0, {});
    const { changes } = model.changes(text, Math.floor(random() * total), 1, {});
    text = changes[0]?.text ?? text;
  }
  return text;
}

await init({ module_or_path: readFileSync(WASM) });
const model = Predictor.load(readFileSync(IN));
const random = seeded(1);
const networks = model.info().families.flatMap(({ name, example }) => {
  let text = example;
  return Array.from({ length: N_NETWORKS }, (_, idx) => {
    if (idx > 0) text = walked(model, text, random);
    const { accuracy, target, params, macs, embedding } = model.predict(text, {});
    const rounded = embedding.map((value) => Number(value.toFixed(DECIMALS)));
    return { family: name, text, accuracy, target, params, macs, embedding: rounded };
  });
});
writeFileSync(OUT, JSON.stringify(networks));
console.log(`${networks.length} known networks`);
