// From text to number, and from bad text to a sentence with its place.

import { accuracy, CELL, DECIMALS, editor, expect, golden, mark, number, open, problem, targets, test, WRONG_CELL } from './site';

interface Golden {
  text: string;
  target: string;
  accuracy: number;
}

/** What the native program predicts with the weights in the repository. */
const GOLDEN = golden<Golden>('predictions');

test('shows the accuracy of a pasted cell, equal to the native prediction', async ({ page, context }) => {
  const native = GOLDEN.find(({ text, target }) => text === CELL && target === 'nb201/cifar10')!;
  await context.grantPermissions(['clipboard-read', 'clipboard-write']);
  await open(page);
  await page.getByRole('button', { name: 'Only skips' }).click();
  await page.evaluate((text) => navigator.clipboard.writeText(text), CELL);
  await editor(page).fill('');
  await editor(page).press('Control+V');
  await expect.poll(() => accuracy(page)).toBeCloseTo(native.accuracy, DECIMALS);
  await expect(number(page)).toHaveText(`${(native.accuracy * 100).toFixed(2)}%`);
  await expect(page.getByText('Read as NAS-Bench-201.')).toBeVisible();
});

test('predicts every golden network as the native program does', async ({ page }) => {
  await open(page);
  for (const { text, target, accuracy: native } of GOLDEN) {
    await targets(page).selectOption(target);
    await editor(page).fill(text);
    await expect.poll(() => accuracy(page), text).toBeCloseTo(native, DECIMALS);
    await expect(number(page)).toHaveAttribute('data-target', target);
  }
});

test('shows size, membership and trust beside the number', async ({ page }) => {
  await open(page);
  // NATS-Bench's own numbers for this cell: families.md, section 2
  await editor(page).fill(CELL);
  await expect(page.getByText('802,426')).toBeVisible();
  await expect(page.getByText('113,951,360')).toBeVisible();
  await expect(page.getByText('227,902,720')).toBeVisible();
  const memberships = await page.locator('.bar-number').allTextContents();
  expect(memberships.length).toBeGreaterThan(1);
  await expect(page.locator('.trust-headline')).toHaveText(/known family|model learned|Untrained/);
  await expect(page.locator('.scale-words strong')).toHaveText(/^\d+\.\d\d – \d+\.\d\d\s%$/);
});

test('marks line and column of an unknown operation and says the way out', async ({ page }) => {
  await open(page);
  const before = await accuracy(page);
  await editor(page).fill(WRONG_CELL);
  await expect(problem(page)).toHaveAttribute('data-line', '1');
  await expect(problem(page)).toHaveAttribute('data-column', '34');
  await expect(problem(page)).toContainText('Line 1, column 34');
  await expect(problem(page)).toContainText('nor_conv_3x3');
  await expect(mark(page)).toHaveText('nor_conv_5x5');
  await expect(editor(page)).toHaveAttribute('aria-invalid', 'true');
  await expect(page.locator('.predict')).toHaveAttribute('data-stale', 'true');
  expect(await accuracy(page)).toBe(before);

  await page.getByRole('button', { name: 'Line 1, column 34' }).click();
  await page.keyboard.type('avg_pool_3x3');
  await expect(problem(page)).toHaveCount(0);
  await expect(page.locator('.predict')).toHaveAttribute('data-stale', 'false');
});

test('marks the place in a text of several lines', async ({ page }) => {
  await open(page);
  await page.getByRole('button', { name: 'Inception cell' }).click();
  await expect(page.getByText('Read as NAS-Bench-101.')).toBeVisible();
  const text = await editor(page).inputValue();
  await editor(page).fill(text.replace('"conv1x1-bn-relu"', '"conv7x7-bn-relu"'));
  await expect(problem(page)).toHaveAttribute('data-line', '11');
  await expect(page.locator('.editor-row').nth(10).locator('mark')).toBeVisible();
});

test('the mark lies exactly under its word', async ({ page }) => {
  await open(page);
  await editor(page).fill(`${WRONG_CELL}\n`.repeat(3));
  await expect(mark(page)).toBeVisible();
  const heights = await page.evaluate(() => {
    const height = (selector: string) => document.querySelector(selector)!.scrollHeight;
    return [height('.editor-text'), height('.editor-rows')];
  });
  expect(heights[0]).toBe(heights[1]);
});

test('a cut-off text is marked at its end', async ({ page }) => {
  await open(page);
  await editor(page).fill(CELL.slice(0, 40));
  await expect(problem(page)).toHaveAttribute('data-line', '1');
  await expect(mark(page)).toBeVisible();
});

test('an empty editor asks for a text and keeps the last result', async ({ page }) => {
  await open(page);
  await editor(page).fill('');
  await expect(page.getByText('Paste an architecture, open a file, or begin with one of these.')).toBeVisible();
  await expect(page.locator('.predict')).toHaveAttribute('data-stale', 'true');
  await expect(number(page)).toHaveAttribute('data-accuracy', /./);
});

test('every example is read without a problem', async ({ page }) => {
  await open(page);
  const chips = page.locator('.example-chips .chip');
  expect(await chips.count()).toBeGreaterThanOrEqual(6);
  for (const chip of await chips.all()) {
    await editor(page).fill('?');
    await expect(problem(page)).toBeVisible();
    await chip.click();
    await expect(chip).toHaveAttribute('aria-pressed', 'true');
    await expect(problem(page)).toHaveCount(0);
  }
});

test('while one types, only the last text counts', async ({ page }) => {
  await open(page);
  await editor(page).fill('');
  await editor(page).pressSequentially(CELL);
  const native = GOLDEN.find(({ text, target }) => text === CELL && target === 'nb201/cifar10')!;
  await expect.poll(() => accuracy(page)).toBeCloseTo(native.accuracy, DECIMALS);
  await expect(problem(page)).toHaveCount(0);
});
