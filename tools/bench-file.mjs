// node tools/bench-file.mjs [MEGABYTES]: what a large ONNX file costs in Chromium, time and memory. The
// file is made for it, sparse on disk, and removed. Needs ./build.sh pkg; prints, asserts nothing.

import { closeSync, ftruncateSync, mkdtempSync, openSync, readFileSync, rmSync, statSync, writeSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

import { browse } from '../pkg/test/chromium.mjs';

const CHANNELS = 512;

/** Bytes of one layer's kernel, 3x3 in 32 bits. */
const KERNEL_BYTES = CHANNELS * CHANNELS * 9 * 4;

const varint = (number) => {
  const bytes = [];
  for (; number >= 128; number = Math.floor(number / 128)) bytes.push((number % 128) | 128);
  return Buffer.from([...bytes, number]);
};
const number = (field, value) => Buffer.concat([varint(field * 8), varint(value)]);
const head = (field, length) => Buffer.concat([varint(field * 8 + 2), varint(length)]);
const message = (field, ...parts) => {
  const body = Buffer.concat(parts.map((part) => (typeof part === 'string' ? Buffer.from(part) : part)));
  return Buffer.concat([head(field, body.length), body]);
};

/** A declared tensor of 32-bit floats. */
const value = (field, name, dims) => {
  const shape = message(2, ...dims.map((dim) => message(1, number(1, dim))));
  return message(field, message(1, name), message(2, message(1, number(1, 1), shape)));
};

/** A row of convolutions with their ReLUs; numbers as in onnx.proto3. */
function layers(count) {
  const pads = message(5, message(1, 'pads'), ...[1, 1, 1, 1].map((side) => number(8, side)), number(20, 7));
  return Array.from({ length: count }, (_, idx) => [
    message(1, message(1, `x${idx}`), message(1, `w${idx}`), message(2, `c${idx}`), message(4, 'Conv'), pads),
    message(1, message(1, `c${idx}`), message(2, `x${idx + 1}`), message(4, 'Relu')),
  ]).flat();
}

/** Writes the model at `path`; the kernels' bytes are holes in the file. */
function writeModel(path, megabytes) {
  const count = Math.round((megabytes * 1e6) / KERNEL_BYTES);
  const side = (channels) => [1, channels, 14, 14];
  const dims = [CHANNELS, 0, 3, 3];
  const kernels = Array.from({ length: count }, (_, idx) => {
    const inputs = idx === 0 ? 3 : CHANNELS;
    const shape = dims.map((dim) => number(1, dim || inputs));
    const bytes = CHANNELS * inputs * 9 * 4;
    const start = Buffer.concat([...shape, number(2, 1), message(8, `w${idx}`), head(9, bytes)]);
    return { start: Buffer.concat([head(5, start.length + bytes), start]), bytes };
  });
  const ends = Buffer.concat([value(11, 'x0', side(3)), value(12, `x${count}`, side(CHANNELS))]);
  const nodes = Buffer.concat([...layers(count), message(2, 'large')]);
  const length = kernels.reduce((sum, { start, bytes }) => sum + start.length + bytes, nodes.length + ends.length);
  const file = openSync(path, 'w');
  let at = 0;
  const put = (bytes) => {
    at += writeSync(file, bytes, 0, bytes.length, at);
  };
  put(Buffer.concat([number(1, 8), head(7, length), nodes]));
  for (const { start, bytes } of kernels) {
    put(start);
    at += bytes;
  }
  put(Buffer.concat([ends, message(8, number(2, 17))]));
  ftruncateSync(file, at);
  closeSync(file);
}

/** Runs in the page: predictions of the picked file, the first one cold. */
async function measure() {
  const { createPredictor } = await import('/dist/index.js');
  const predictor = await createPredictor();
  const [file] = document.querySelector('input').files;
  const times = [];
  let params = 0;
  for (let repeat = 0; repeat < 5; repeat++) {
    const begin = performance.now();
    ({ params } = await predictor.predictFile(file));
    times.push(performance.now() - begin);
  }
  return { times, params };
}

/** The most memory that any of the processes had at a time, in megabytes. */
function peakMegabytes(processes) {
  const peaks = processes.map(({ id }) => {
    const status = readFileSync(`/proc/${id}/status`, 'utf8');
    return Number(/^VmHWM:\s+(\d+)/m.exec(status)[1]) / 1000;
  });
  return Math.max(...peaks);
}

const megabytes = Number(process.argv[2] ?? 500);
const folder = mkdtempSync(join(tmpdir(), 'gennape-'));
const path = join(folder, 'large.onnx');
writeModel(path, megabytes);
console.log(`${path}: ${(statSync(path).size / 1e6).toFixed(0)} MB`);

const { page, address, close } = await browse(fileURLToPath(new URL('../pkg', import.meta.url)));
const session = await page.context().browser().newBrowserCDPSession();
const renderers = async () => {
  const { processInfo } = await session.send('SystemInfo.getProcessInfo');
  return processInfo.filter(({ type }) => type === 'renderer');
};
await page.goto(`${address}package.json`);
await page.evaluate(async () => {
  const { createPredictor } = await import('/dist/index.js');
  const predictor = await createPredictor();
  await predictor.predict(predictor.info().families[0].example);
  predictor.close();
  document.body.append(Object.assign(document.createElement('input'), { type: 'file' }));
});
const before = peakMegabytes(await renderers());
await page.locator('input').setInputFiles(path);
const { times, params } = await page.evaluate(measure);
const after = peakMegabytes(await renderers());
console.log(`${params} parameters; first ${times[0].toFixed(0)} ms, then ${Math.min(...times).toFixed(0)} ms`);
console.log(`renderer's peak ${before.toFixed(0)} MB with a text's prediction, ${after.toFixed(0)} MB with the file's`);
await close();
rmSync(folder, { recursive: true });
