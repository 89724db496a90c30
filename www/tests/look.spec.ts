// What everybody can see and reach: light and dark, narrow and wide, axe, motion, a page that stays put.

import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import type { AxeResults } from 'axe-core';
import type { Page } from '@playwright/test';

import { drag, editor, expect, fixture, open, openTab, problem, TABS, test, WEIGHTS, WRONG_CELL } from './site';

const AXE = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');

async function violations(page: Page): Promise<string[]> {
  await page.evaluate(AXE);
  const results = (await page.evaluate('axe.run()')) as AxeResults;
  return results.violations.flatMap(({ id, nodes }) =>
    nodes.map(({ html, failureSummary }) => `${id}: ${html} ${failureSummary}`),
  );
}

for (const colorScheme of ['light', 'dark'] as const) {
  test.describe(colorScheme, () => {
    test.use({ colorScheme, contextOptions: { reducedMotion: 'reduce' } });

    test('follows the system', async ({ page }) => {
      await open(page);
      await expect(page.locator('html')).toHaveAttribute('data-theme', colorScheme);
    });

    test('axe finds nothing, whatever is on the page', async ({ page }) => {
      test.slow(); // axe reads the whole page seven times
      await open(page);
      expect(await violations(page)).toEqual([]);
      await editor(page).fill(WRONG_CELL);
      await expect(problem(page)).toBeVisible();
      expect(await violations(page)).toEqual([]);
      await editor(page).fill('x '.repeat(40_000));
      await expect(page.getByText(/characters are shown/)).toBeVisible();
      expect(await violations(page)).toEqual([]);
      await editor(page).focus();
      await drag(page, [fixture('golden/files/residual.onnx')]);
      await expect(page.getByLabel('Image size')).toBeVisible();
      await page.getByText('What was assumed in reading it').click();
      expect(await violations(page)).toEqual([]);
      await drag(page, [fixture('golden/files/flattened.onnx')]);
      await expect(problem(page)).toBeVisible();
      expect(await violations(page)).toEqual([]);
      await drag(page, [fixture('golden/files/residual.onnx')], false);
      expect(await violations(page)).toEqual([]);
    });

    for (const { title } of TABS) {
      test(`axe finds nothing on the tab ${title}`, async ({ page }) => {
        await open(page);
        await openTab(page, title);
        expect(await violations(page)).toEqual([]);
      });
    }

    test('axe finds nothing while the model loads', async ({ page }) => {
      await page.route(WEIGHTS, () => {});
      await page.goto('./');
      await expect(page.getByText('Loading the model')).toBeVisible();
      expect(await violations(page)).toEqual([]);
    });
  });
}

test('the chosen theme is remembered', async ({ page }) => {
  await page.emulateMedia({ colorScheme: 'light' });
  await open(page);
  await page.getByRole('button', { name: 'Dark theme' }).click();
  await expect(page.locator('html')).toHaveAttribute('data-theme', 'dark');
  await page.waitForLoadState('networkidle'); // a reload would break off what is still fetched
  await page.reload();
  await expect(page.locator('html')).toHaveAttribute('data-theme', 'dark');
  await expect(page.getByRole('button', { name: 'Dark theme' })).toHaveAttribute('aria-pressed', 'true');
});

for (const width of [360, 390, 768, 1440, 2560]) {
  test(`nothing sticks out at a width of ${width}`, async ({ page }) => {
    await page.setViewportSize({ width, height: 844 });
    await open(page);
    const contentWidth = () => page.evaluate(() => document.documentElement.scrollWidth);
    expect(await contentWidth()).toBeLessThanOrEqual(width);
    await page.getByRole('button', { name: 'Inception cell' }).click();
    await editor(page).fill(WRONG_CELL.repeat(10));
    await expect(problem(page)).toBeVisible();
    expect(await contentWidth()).toBeLessThanOrEqual(width);
    for (const { title } of TABS) {
      await openTab(page, title);
      expect(await contentWidth(), title).toBeLessThanOrEqual(width);
    }
    await openTab(page, 'Predict');
    const { bytes } = fixture('golden/files/residual.onnx');
    await drag(page, [{ name: `${'a_long_name_'.repeat(20)}.onnx`, bytes }]);
    await expect(page.getByLabel('Image size')).toBeVisible();
    expect(await contentWidth()).toBeLessThanOrEqual(width);
  });
}

for (const width of [390, 1440]) {
  test(`nothing moves when the model arrives at a width of ${width}`, async ({ page }) => {
    await page.setViewportSize({ width, height: 900 });
    await page.addInitScript(() => {
      const shifts: number[] = [];
      Object.assign(globalThis, { shifts });
      new PerformanceObserver((list) => {
        for (const entry of list.getEntries()) shifts.push((entry as unknown as { value: number }).value);
      }).observe({ type: 'layout-shift', buffered: true });
    });
    await open(page);
    await page.waitForTimeout(300);
    const total = await page.evaluate(() =>
      (globalThis as unknown as { shifts: number[] }).shifts.reduce((sum, value) => sum + value, 0),
    );
    expect(total).toBeLessThan(0.01);
  });
}

test('nothing moves for those who ask for that', async ({ page }) => {
  await page.emulateMedia({ reducedMotion: 'reduce' });
  await open(page);
  const duration = await page
    .locator('.needle')
    .evaluate((needle) => getComputedStyle(needle).transitionDuration);
  expect(duration).toBe('0s');
});

test('the icon that the page names is there', async ({ page }) => {
  await open(page);
  const href = await page.locator('link[rel="icon"]').getAttribute('href');
  const icon = await page.request.get(new URL(href!, page.url()).href);
  expect(icon.status()).toBe(200);
  expect(icon.headers()['content-type']).toBe('image/svg+xml');
});
