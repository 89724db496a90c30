// How the page behaves around its one job: loading, links, long texts, keyboard, the network.

import { accuracy, CELL, drag, editor, expect, fixture, number, open, problem, targets, test, WEIGHTS, WRONG_CELL } from './site';

test('asks for nothing while it predicts', async ({ page }) => {
  const known = page.waitForResponse(/known\.json$/);
  await open(page);
  // three things are fetched once, when they are wanted: the worker that lays graphs out, the networks
  // that this one is compared with, and what reads files
  await page.locator('.graph').scrollIntoViewIfNeeded();
  await expect(page.locator('[data-item]').first()).toBeVisible();
  await page.locator('footer').last().scrollIntoViewIfNeeded();
  await (await known).finished();
  await drag(page, [fixture('golden/files/residual.onnx')]);
  await expect(page.getByText(/^Read as ONNX/)).toHaveCount(1);
  await page.getByRole('button', { name: 'Remove' }).click();
  const asked: string[] = [];
  page.on('request', (request) => asked.push(request.url()));
  await editor(page).fill(WRONG_CELL);
  await expect(problem(page)).toBeVisible();
  await drag(page, [fixture('golden/files/residual.onnx')]);
  await expect(page.getByLabel('Image size')).toBeVisible();
  for (const chip of await page.locator('.example-chips .chip').all()) await chip.click();
  await targets(page).selectOption({ index: 2 });
  await expect(number(page)).not.toHaveAttribute('data-target', 'nb101/cifar10');
  expect(asked).toEqual([]);
});

test('can be used before the weights are there, and shows their bytes', async ({ page }) => {
  let release = () => {};
  const released = new Promise<void>((resolve) => {
    release = resolve;
  });
  await page.route(WEIGHTS, async (route) => {
    await released;
    await route.continue();
  });
  await page.goto('./');
  await expect(page.getByText('Loading the model')).toBeVisible();
  await expect(page.getByTestId('bytes')).toHaveText(/^\d+.kB/);
  await page.getByRole('button', { name: 'Only skips' }).click();
  await expect(editor(page)).toHaveValue(/^\|skip_connect~0\|/);
  await editor(page).fill(WRONG_CELL);
  release();
  await expect(problem(page)).toContainText('nor_conv_5x5');
});

test.describe('without weights', () => {
  test.use({ expectedComplaints: /404|^failed: .*safetensors/ });

  test('says why, and loads them on a second try', async ({ page }) => {
    await page.route(WEIGHTS, (route) => route.fulfill({ status: 404 }), { times: 1 });
    await page.goto('./');
    await expect(page.getByRole('alert')).toContainText('404');
    await page.getByRole('button', { name: 'Load the model again' }).click();
    await expect(number(page)).toHaveAttribute('data-accuracy', /./);
    await expect(page.getByRole('alert')).toHaveCount(0);
  });

  test('says so when they are damaged', async ({ page }) => {
    await page.route(WEIGHTS, (route) => route.fulfill({ body: 'no weights' }));
    await page.goto('./');
    await expect(page.getByRole('alert')).toBeVisible();
  });
});

test('untrained weights are called so beside the number', async ({ page }) => {
  await page.route(WEIGHTS, async (route) => {
    const response = await route.fetch();
    await route.fulfill({ response, body: untrained(await response.body()) });
  });
  await open(page);
  await expect(page.getByText('Untrained model')).toBeVisible();
  await expect(page.locator('.trust-headline')).toHaveText('Untrained weights');
  await expect(page.locator('.notes')).toContainText('never trained');
});

/** The same safetensors file with metadata that says so: a length in 8 bytes, then JSON. */
function untrained(weights: Buffer): Buffer {
  const length = Number(weights.readBigUInt64LE());
  const header = weights.toString('utf8', 8, 8 + length);
  const changed = Buffer.from(header.replace('\\"trained\\":true', '\\"trained\\":false'));
  const size = Buffer.alloc(8);
  size.writeBigUInt64LE(BigInt(changed.length));
  return Buffer.concat([size, changed, weights.subarray(8 + length)]);
}

test('the address changes by Copy link alone, and brings text and target back', async ({ page, context }) => {
  await context.grantPermissions(['clipboard-read', 'clipboard-write']);
  await open(page);
  await page.getByRole('button', { name: 'ResNet block' }).click();
  await targets(page).selectOption('nb201/cifar100');
  await expect(number(page)).toHaveAttribute('data-target', 'nb201/cifar100');
  expect(new URL(page.url()).hash).toBe('');
  const text = await editor(page).inputValue();
  const before = await accuracy(page);

  await page.getByRole('button', { name: 'Copy link' }).click();
  await expect(page.getByText('Link copied')).toBeVisible();
  const link = await page.evaluate(() => navigator.clipboard.readText());
  expect(link).toBe(page.url());

  await page.goto('about:blank');
  await page.goto(link);
  await expect(editor(page)).toHaveValue(text);
  await expect(targets(page)).toHaveValue('nb201/cifar100');
  await expect.poll(() => accuracy(page)).toBe(before);
});

test('a link to an unknown target says which there are', async ({ page }) => {
  await page.goto('./#text=%7C&target=nb201/mars');
  await expect(targets(page)).toHaveValue('nb201/mars');
  await expect(problem(page)).toBeVisible();
});

test('ten megabytes are passed on, not laid out', async ({ page, context }) => {
  await context.grantPermissions(['clipboard-read', 'clipboard-write']);
  await open(page);
  await page.evaluate(() => navigator.clipboard.writeText('conv3x3 \n'.repeat(1_111_111)));
  await editor(page).fill('');
  const begin = Date.now();
  await editor(page).press('Control+V');
  await expect(page.getByText(/of 9,999,999 characters are shown/)).toBeVisible();
  await expect(problem(page)).toBeVisible();
  // a page that lays the text out stands still for far longer
  expect(Date.now() - begin).toBeLessThan(8_000);
  expect((await editor(page).inputValue()).length).toBeLessThan(3_000);
  await page.getByRole('button', { name: 'Clear' }).click();
  await expect(editor(page)).toBeFocused();
  await editor(page).fill(CELL);
  await expect(problem(page)).toHaveCount(0);
});

test('everything works by keyboard', async ({ page }) => {
  await open(page);
  const focused = () =>
    page.evaluate(() => {
      const { ariaLabel, id, textContent, tagName } = document.activeElement!;
      return ariaLabel ?? (id === '' ? textContent : id) ?? tagName;
    });
  const stops: (string | null)[] = [];
  for (let press = 0; press < 12; press++) {
    await page.keyboard.press('Tab');
    stops.push(await focused());
  }
  expect(stops.slice(0, 9)).toEqual([
    'tab-predict',
    'Dark theme',
    'Open a file',
    'Copy link',
    'architecture',
    'ResNet block',
    'Inception cell',
    'NB-201’s best',
    'Only skips',
  ]);
  await page.getByRole('button', { name: 'Only skips' }).focus();
  await page.keyboard.press('Enter');
  await expect(editor(page)).toHaveValue(/^\|skip_connect~0\|/);
  await targets(page).focus();
  await page.keyboard.press('End');
  await expect(number(page)).toHaveAttribute('data-target', /imagenet16-120|nb201/);
});

test.describe('a stranger’s script', () => {
  test.use({ expectedComplaints: /Content Security Policy/ });

  test('is refused, inline or from elsewhere', async ({ page }) => {
    await open(page);
    const ran = await page.evaluate(async () => {
      const script = document.createElement('script');
      script.textContent = 'globalThis.stranger = true';
      document.head.append(script);
      const isFetched = await fetch('https://example.org/').then(() => true, () => false);
      return [isFetched, 'stranger' in globalThis];
    });
    expect(ran).toEqual([false, false]);
  });
});

test.describe('in a browser that lacks something', () => {
  for (const { lack, script } of [
    { lack: 'WebAssembly', script: 'delete globalThis.WebAssembly' },
    { lack: 'WebAssembly SIMD', script: 'WebAssembly.validate = () => false' },
    { lack: 'Web Workers', script: 'delete globalThis.Worker' },
  ]) {
    test(`says that it lacks ${lack}`, async ({ page }) => {
      await page.addInitScript(script);
      await page.goto('./');
      await expect(page.getByRole('heading')).toHaveText('This browser can’t run gennape');
      await expect(page.locator('#root')).toContainText(lack);
    });
  }
});
