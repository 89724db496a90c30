// Networks in files: dropped, picked, damaged, too many, too large for the editor.

import { accuracy, CELL, DECIMALS, type Dropped, drag, editor, expect, fixture, golden, number, open, problem, targets, test } from './site';

interface Golden {
  file: string;
  input_size?: string;
  target: string;
  accuracy: number;
  params: number;
}

/** What the native program predicts of the files. */
const GOLDEN = golden<Golden>('files');

const goldenOf = (part: string, size?: string) =>
  GOLDEN.find(({ file, input_size }) => file.includes(part) && input_size === size)!;

const RESNET = goldenOf('resnet18');
const RESIDUAL = goldenOf('residual');

const card = (page: import('@playwright/test').Page) => page.getByRole('group', { name: 'File' });
const size = (page: import('@playwright/test').Page) => page.getByLabel('Image size');

test('predicts every golden file as the native program does', async ({ page }) => {
  await open(page);
  for (const { file, input_size = '', target, accuracy: native } of GOLDEN) {
    await drag(page, [fixture(file)]);
    if (input_size !== '') await size(page).fill(input_size);
    await expect.poll(() => accuracy(page), file).toBeCloseTo(native, DECIMALS);
    await expect(number(page)).toHaveAttribute('data-target', target);
    await expect(problem(page)).toHaveCount(0);
  }
});

test('shows what a dropped file is, and goes back to the text', async ({ page }) => {
  await open(page);
  const text = await editor(page).inputValue();
  const before = await accuracy(page);
  await drag(page, [fixture(RESNET.file)], false);
  await expect(page.getByText('Drop it to see its accuracy')).toBeVisible();
  await drag(page, [fixture(RESNET.file)]);
  await expect(page.getByText('Drop it to see its accuracy')).toHaveCount(0);

  await expect(card(page)).toContainText('resnet18-torchscript-13-inputs.onnx');
  await expect(card(page)).toContainText(/ONNX, opset 13 · \d+.kB/);
  await expect(page.getByText('Read as ONNX, opset 13.')).toHaveCount(1);
  // torchvision's own count, tests/onnx/expected.json
  await expect(page.getByText('11,689,512')).toBeVisible();
  await expect(page.locator('.trust-headline')).toHaveText(/^Of no known family/);
  await expect(page.locator('.trust')).toContainText('no known family');
  await expect(page.getByRole('button', { name: 'Copy link' })).toBeDisabled();
  expect(new URL(page.url()).hash).toBe('');

  await page.getByRole('button', { name: 'Remove' }).click();
  await expect(editor(page)).toBeFocused();
  await expect(editor(page)).toHaveValue(text);
  await expect.poll(() => accuracy(page)).toBe(before);
});

test('a file is picked by keyboard alone', async ({ page }) => {
  await open(page);
  const picking = page.waitForEvent('filechooser');
  await page.getByRole('button', { name: 'Open a file' }).focus();
  await page.keyboard.press('Enter');
  const picker = await picking;
  const { name, bytes } = fixture(RESNET.file);
  await picker.setFiles({ name, mimeType: 'application/octet-stream', buffer: bytes });
  await expect.poll(() => accuracy(page)).toBeCloseTo(RESNET.accuracy, DECIMALS);
  await expect(page.getByRole('button', { name: 'Open a file' })).toBeFocused();
});

test('asks for the image size where a file leaves it open', async ({ page }) => {
  await open(page);
  await drag(page, [fixture(RESNET.file)]);
  await expect(card(page)).toContainText('opset 13');
  await expect(size(page)).toHaveCount(0);

  await drag(page, [fixture(RESIDUAL.file)]);
  await expect(size(page)).toHaveAttribute('placeholder', '32x32');
  const assumed = page.getByText('What was assumed in reading it');
  await expect(page.getByText('how large its image is')).toBeHidden();
  await assumed.click();
  await expect(page.getByText('32 x 32 is assumed')).toBeVisible();

  await size(page).fill('48x64');
  await expect(page.getByText('one image of 48 × 64 pixels')).toBeVisible();
  expect(await accuracy(page)).toBeCloseTo(goldenOf('residual', '48x64').accuracy, DECIMALS);
  await expect(assumed).toHaveCount(0);

  await size(page).fill('large');
  await expect(problem(page)).toContainText('No size of an image; expected a side as in 224');
  await expect(size(page)).toHaveAttribute('aria-invalid', 'true');
  await size(page).fill('');
  await expect(page.getByText('one image of 32 × 32 pixels')).toBeVisible();
  await expect(problem(page)).toHaveCount(0);
});

test('a size that does not fit names the node, and the field to say another', async ({ page }) => {
  await open(page);
  await drag(page, [fixture('golden/files/flattened.onnx')]);
  await expect(problem(page)).toContainText('At 224 x 224, which is assumed for its image: Gemm head does not fit');
  await expect(card(page)).toContainText('ONNX, opset 17');
  await size(page).fill('16');
  await expect(problem(page)).toHaveCount(0);
  expect(await accuracy(page)).toBeCloseTo(goldenOf('flattened', '16').accuracy, DECIMALS);
});

test('what is no network is told by its byte, its line or its name, and the last result stays', async ({ page }) => {
  await open(page);
  const before = await accuracy(page);
  const { bytes } = fixture(RESIDUAL.file);
  const cases: [Dropped, string][] = [
    [{ name: 'cut.onnx', bytes: bytes.subarray(0, 1000) }, 'at byte'],
    [{ name: 'empty.onnx', bytes: Buffer.alloc(0) }, 'there is no graph in it'],
    [{ name: 'weights.pt', bytes: Buffer.from('PK\x03\x04 a zip archive') }, 'export the network to ONNX'],
    [{ name: 'model.h5', bytes: Buffer.from('\x89HDF\r\n\x1a\n', 'latin1') }, 'save the text of model.to_json()'],
    [{ name: 'long.json', bytes: Buffer.from(`{"nodes": [\n${' '.repeat(70_000)}?]}`) }, 'Line 2, column 70001'],
    [{ name: 'noise.bin', bytes: Buffer.from([0xff, 0xfe, 0x00]) }, 'Neither an ONNX model nor a text'],
  ];
  for (const [file, message] of cases) {
    await drag(page, [file]);
    await expect(card(page)).toContainText(file.name);
    await expect(problem(page)).toContainText(message);
    await expect(page.locator('.predict')).toHaveAttribute('data-stale', 'true');
    expect(await accuracy(page)).toBe(before);
  }
});

test('a short text goes into the editor, a long one stays a file', async ({ page }) => {
  await open(page);
  await drag(page, [{ name: 'cell.txt', bytes: Buffer.from(`\ufeff${CELL}\n`) }]);
  await expect(editor(page)).toHaveValue(`${CELL}\n`);
  await expect(page.getByText('Read as NAS-Bench-201.')).toBeVisible();
  await expect(card(page)).toHaveCount(0);

  const { name, bytes } = fixture(goldenOf('keras').file);
  await drag(page, [{ name, bytes }]);
  await expect(card(page)).toContainText('a Keras model');
  await page.getByRole('button', { name: 'Only skips' }).click();
  await expect(editor(page)).toHaveValue(/^\|skip_connect~0\|/);
});

test('of two drops the second counts, and of several files the network', async ({ page }) => {
  await open(page);
  const [slow, fast] = [fixture('onnx/files/twins_svt_small-torchscript-16-inputs.onnx.gz'), fixture(RESNET.file)];
  await drag(page, [slow]);
  await drag(page, [{ name: 'weights.data', bytes: Buffer.alloc(9) }, fast]);
  await expect(card(page)).toContainText('resnet18');
  await expect.poll(() => accuracy(page)).toBeCloseTo(RESNET.accuracy, DECIMALS);
  await page.waitForTimeout(500);
  expect(await accuracy(page)).toBeCloseTo(RESNET.accuracy, DECIMALS);
  await expect(card(page)).toContainText('opset 13');
});

test('a file that is asked about before the model is there waits for it', async ({ page }) => {
  let release = () => {};
  const released = new Promise<void>((resolve) => {
    release = resolve;
  });
  await page.route('**/weights/gennape.safetensors', async (route) => {
    await released;
    await route.continue();
  });
  await page.goto('./');
  await drag(page, [fixture(RESNET.file)]);
  await expect(card(page)).toContainText('resnet18');
  release();
  await expect.poll(() => accuracy(page)).toBeCloseTo(RESNET.accuracy, DECIMALS);
});

test('the target can be chosen for a file too', async ({ page }) => {
  await open(page);
  await drag(page, [fixture(RESNET.file)]);
  await targets(page).selectOption('nb201/cifar10');
  await expect(number(page)).toHaveAttribute('data-target', 'nb201/cifar10');
  await expect(page.locator('.trust')).toContainText('judged as if it were one of');
  await expect(card(page)).toContainText('resnet18');
});
