// What would change the number: all one-step changes, judged in the worker; the shares of a file.

import type { Page } from '@playwright/test';

import { accuracy, CELL, DECIMALS, drag, editor, expect, fixture, number, open, test } from './site';

const changes = (page: Page) => page.getByRole('region', { name: /What (would change|it spends)/ });
const lines = (page: Page) => changes(page).locator('tbody tr');
const allJudged = (page: Page) =>
  expect(changes(page).locator('.judgement')).toHaveAttribute('data-under-way', 'false');

async function openChanges(page: Page): Promise<void> {
  await open(page);
  await changes(page).scrollIntoViewIfNeeded();
  await allJudged(page);
}

test('lists every change of a cell, the best first', async ({ page }) => {
  await openChanges(page);
  await expect(changes(page)).toContainText('of all 24 one-step changes');
  await expect(lines(page)).toHaveCount(8);
  await changes(page).getByRole('button', { name: 'Show 24' }).click();
  await expect(lines(page)).toHaveCount(24);
  const gains = await lines(page).locator('.change-gain').allTextContents();
  const values = gains.map((gain) => Number(gain.replace('\u2212', '-')));
  expect(values).toEqual([...values].sort((a, b) => b - a));
});

test('a click applies a change, whose prediction is what was promised', async ({ page }) => {
  await openChanges(page);
  const before = await accuracy(page);
  const first = lines(page).first();
  const gain = Number((await first.locator('.change-gain').textContent())!.replace('\u2212', '-'));
  await first.getByRole('button').click();
  await expect.poll(() => accuracy(page)).not.toBe(before);
  expect(100 * ((await accuracy(page)) - before)).toBeCloseTo(gain, 1);
  await expect(editor(page)).not.toHaveValue(CELL);
  await changes(page).getByRole('button', { name: 'Take the change back' }).click();
  await expect(editor(page)).toHaveValue(CELL);
  await expect.poll(() => accuracy(page)).toBeCloseTo(before, DECIMALS);
});

test('another network ends the judging of the one before', async ({ page }) => {
  await open(page);
  await changes(page).scrollIntoViewIfNeeded();
  await page.getByRole('button', { name: 'Inception', exact: true }).click();
  await expect(number(page)).toHaveAttribute('data-accuracy', /./);
  await editor(page).fill(CELL);
  await allJudged(page);
  await expect(changes(page)).toContainText('of all 24 one-step changes');
});

test('a file without a family shows what its layers cost, and where they are', async ({ page }) => {
  await openChanges(page);
  await drag(page, [fixture('onnx/files/resnet18-torchscript-13-inputs.onnx.gz')]);
  await expect(changes(page)).toContainText('What it spends most on');
  await expect(lines(page)).toHaveCount(8);
  await expect(lines(page).first()).toContainText('%');
  await lines(page).first().getByRole('button').click();
  await expect(page.locator('[data-item][data-selected="true"]')).toBeAttached();
});

test('the nearest known networks are of its own family first, and a click loads one', async ({ page }) => {
  await openChanges(page);
  const nearest = page.getByRole('region', { name: 'Nearest known networks' });
  await expect(nearest.locator('tbody tr')).toHaveCount(6);
  await expect(nearest.locator('tbody tr').first()).toContainText('NAS-Bench-201');
  const first = nearest.getByRole('button').first();
  const text = (await first.getAttribute('title'))!;
  await first.click();
  await expect(editor(page)).toHaveValue(text);
  await expect(nearest.locator(`button[title="${text}"]`)).toHaveCount(0);
});

test('the rank says how much of the family is worse', async ({ page }) => {
  await open(page);
  await expect(page.locator('.rank')).toHaveText(/^(Better|Worse) than (< |> )?\d+\s% of NAS-Bench-201$/);
  await page.getByRole('button', { name: 'Only skips' }).click();
  await expect(page.locator('.rank')).toContainText('Worse than');
});
