// A worker that breaks: what it was asked, and all else on the page, survives it.

import type { Page } from '@playwright/test';

import { accuracy, CELL, editor, expect, number, open, problem, test, workers, WRONG_CELL } from './site';

const OTHER_CELL = CELL.replace('avg_pool_3x3', 'none');

test.use({ expectedComplaints: /boom/ });

const worker = (page: Page) => workers(page).at(-1)!;
const crashed = (page: Page) => problem(page).filter({ hasText: 'started anew' });

/** From now on, handing a text to the module in a call of this name fails as a trap would. */
const trapNextCall = (page: Page, call = 'predict') =>
  worker(page).evaluate((call) => {
    const { charCodeAt } = String.prototype;
    String.prototype.charCodeAt = function (...place) {
      if (new Error().stack!.includes(`.${call} `)) throw new Error('boom');
      return charCodeAt.apply(this, place);
    };
  }, call);

test('a trap is caught, the model starts anew, and the network is not asked about again by itself', async ({ page }) => {
  await open(page);
  const before = await accuracy(page);
  await trapNextCall(page);
  await editor(page).fill(OTHER_CELL);
  await expect(crashed(page)).toContainText('The predictor crashed (boom). The model was started anew');
  await expect(page.getByText('Model ready')).toBeVisible();
  await expect(editor(page)).toHaveValue(OTHER_CELL);
  expect(await accuracy(page)).toBe(before);
  await expect(page.locator('.predict')).toHaveAttribute('data-stale', 'true');
  await page.waitForTimeout(300);
  await expect(crashed(page)).toBeVisible();
  expect(workers(page)).toHaveLength(1);

  await page.getByRole('button', { name: 'Ask once more' }).click();
  await expect(problem(page)).toHaveCount(0);
  expect(await accuracy(page)).not.toBe(before);
});

test('another network is asked about at once after a crash', async ({ page }) => {
  await open(page);
  await trapNextCall(page);
  await editor(page).fill(OTHER_CELL);
  await expect(crashed(page)).toBeVisible();
  await editor(page).fill(WRONG_CELL);
  await expect(problem(page)).toContainText('nor_conv_5x5');
  await editor(page).fill(CELL);
  await expect(problem(page)).toHaveCount(0);
  await expect(number(page)).toHaveAttribute('data-accuracy', /./);
});

test('a worker that stops while it is asked is started anew', async ({ page }) => {
  await open(page);
  await worker(page).evaluate(() => {
    const { charCodeAt } = String.prototype;
    String.prototype.charCodeAt = function (...place) {
      if (!new Error().stack!.includes('.predict ')) return charCodeAt.apply(this, place);
      setTimeout(() => {
        throw new Error('boom');
      });
      const until = Date.now() + 300;
      while (Date.now() < until); // asked, and not yet answered
      throw Object.assign(new Error('never seen'), { name: 'GennapeError', kind: 'internal' });
    };
    globalThis.postMessage = () => {};
  });
  await editor(page).fill(OTHER_CELL);
  await expect(crashed(page)).toContainText('The worker stopped');
  await expect(crashed(page)).toContainText('boom');
  await expect(editor(page)).toHaveValue(OTHER_CELL);
  await page.getByRole('button', { name: 'Ask once more' }).click();
  await expect(problem(page)).toHaveCount(0);
});

test('a worker that stopped unasked is noticed with the next network', async ({ page }) => {
  await open(page);
  await worker(page).evaluate(() => {
    setTimeout(() => {
      throw new Error('boom');
    });
  });
  await editor(page).fill(OTHER_CELL);
  await expect(crashed(page)).toBeVisible();
  await page.getByRole('button', { name: 'Ask once more' }).click();
  await expect(problem(page)).toHaveCount(0);
});

for (const { call, part } of [
  { call: 'changes', part: '.changes' },
  { call: 'inspect', part: '.graph' },
]) {
  test(`a trap in a question beside the prediction (${call}) is told at once, and the model starts anew`, async ({ page }) => {
    await open(page);
    await trapNextCall(page, call);
    await editor(page).fill(OTHER_CELL);
    await page.locator(part).scrollIntoViewIfNeeded();
    await expect(crashed(page)).toContainText('The predictor crashed (boom). The model was started anew');
    await expect(page.getByText('Model ready')).toBeVisible();
    await expect.poll(() => workers(page).length).toBe(1);
    await expect(editor(page)).toHaveValue(OTHER_CELL);
    await expect(crashed(page)).toBeVisible();
    await page.getByRole('button', { name: 'Ask once more' }).click();
    await expect(problem(page)).toHaveCount(0);
    await page.locator('.changes').scrollIntoViewIfNeeded();
    await expect(page.locator('.judgement[data-under-way="false"]')).toBeAttached();
  });
}
