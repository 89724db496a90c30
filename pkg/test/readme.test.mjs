// Each example in the README runs as it stands and does what the text around it says.

import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, test } from 'node:test';

import { browse } from './chromium.mjs';
import { goldenFiles, installed } from './installed.mjs';

const { folder, remove } = installed();
after(remove);

const readme = readFileSync(join(folder, 'node_modules/gennape/README.md'), 'utf8');
const examples = (language) =>
  [...readme.matchAll(new RegExp(`^\`\`\`${language}\n(.*?)^\`\`\``, 'gms'))].map(([, code]) => code);

function runInNode(code) {
  const program = join(folder, 'example.js');
  writeFileSync(program, code);
  return execFileSync('node', [program], { cwd: folder, encoding: 'utf8', timeout: 30_000 });
}

test('the examples for Node print an accuracy, a file and an error with its place', () => {
  const [predict, file, fail] = examples('js');
  assert.match(runInNode(predict), /^\d\d\.\d\d % on nb201\/cifar10 \(\d\d\.\d\d % to \d\d\.\d\d %\)\n$/);
  writeFileSync(join(folder, 'model.onnx'), goldenFiles[0].bytes);
  assert.match(
    runInNode(file),
    /^ONNX, opset 17, \d+ bytes, 192 x 256 pixels: \d\d\.\d\d %\nthe network is of no known family; .*\n$/,
  );
  assert.match(runInNode(fail), /^syntax at 1:\d+: \w/);
});

test('the example for the browser shows an accuracy', async () => {
  writeFileSync(join(folder, 'index.html'), examples('html')[0]);
  const { page, address, close } = await browse(folder);
  after(close);
  await page.goto(address);
  await page.waitForFunction(() => document.querySelector('output').value.includes(' on '));
  assert.match(await page.textContent('output'), /^\d\d\.\d\d % on nb201\/cifar10$/);
});
