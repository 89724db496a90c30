// What the client does when the worker is not there any more, seen with a worker made for the test.

import assert from 'node:assert/strict';
import { test } from 'node:test';

import { openInWorker } from '../dist/worker-client.js';
import { fails } from './table.mjs';

/** A worker that answers `load`, leaves all other calls waiting, and can be made to crash. */
function fakeWorker() {
  const fake = { terminated: 0, alive: [] };
  fake.port = {
    post: ({ id, call }) => {
      if (call === 'load') queueMicrotask(() => fake.answer({ id, value: { bytes: 7 } }));
    },
    onMessage: (listener) => { fake.answer = listener; },
    onCrash: (listener) => { fake.crash = listener; },
    keepAlive: (busy) => fake.alive.push(busy),
    terminate: () => { fake.terminated += 1; },
  };
  return fake;
}

const open = (fake) =>
  openInWorker({ startWorker: () => fake.port }, { weights: '', wasm: '', onProgress: () => {} });

test('a crash rejects the waiting calls and those to come', async () => {
  const fake = fakeWorker();
  const predictor = await open(fake);
  const waiting = predictor.predict('a');
  fake.crash('out of memory');
  const expected = {
    kind: 'crashed',
    message: 'the worker stopped: out of memory; create a new predictor',
  };
  await fails(() => waiting, expected);
  await fails(() => predictor.predict('b'), expected);
  assert.equal(fake.terminated, 1);
});

test('a crash that the worker itself tells ends it too', async () => {
  const fake = fakeWorker();
  const predictor = await open(fake);
  const [first, second] = [predictor.predict('a'), predictor.predict('b')];
  const expected = { kind: 'crashed', message: 'the predictor crashed (unreachable)' };
  fake.answer({ id: 1, error: expected });
  await fails(() => first, expected);
  await fails(() => second, expected);
  await fails(() => predictor.predict('c'), expected);
  assert.equal(fake.terminated, 1);
});

test('a worker keeps the program alive only while a call waits', async () => {
  const fake = fakeWorker();
  const predictor = await open(fake);
  const waiting = predictor.predict('a');
  fake.answer({ id: 1, value: 'done' });
  assert.equal(await waiting, 'done');
  assert.deepEqual(fake.alive, [true, false, true, false]);
});

test('an answer that nobody waits for is dropped', async () => {
  const fake = fakeWorker();
  const predictor = await open(fake);
  fake.answer({ id: 99, value: 'late' });
  assert.deepEqual(predictor.info(), { bytes: 7 });
});
