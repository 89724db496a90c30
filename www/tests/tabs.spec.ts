// The tabs: by mouse, by keyboard, in the address.

import { accuracy, CELL, editor, expect, number, open, openTab, tab, TABS, test } from './site';

const LAST = TABS.at(-1)!;

test('each tab shows its view alone and stands in the address', async ({ page }) => {
  await open(page);
  for (const { title, name, heading } of [...TABS].reverse()) {
    await openTab(page, title);
    await expect(tab(page, title)).toHaveAttribute('aria-selected', 'true');
    await expect(page.getByRole('heading', { level: 1 })).toHaveText([heading]);
    expect(new URL(page.url()).hash).toBe(name === 'predict' ? '' : `#tab=${name}`);
  }
});

test('a link opens its tab, and Back leaves it', async ({ page }) => {
  await page.goto(`./#tab=${LAST.name}`);
  await expect(page.getByRole('heading', { name: LAST.heading })).toBeVisible();
  await expect(page.getByText('Model ready')).toBeVisible();
  await openTab(page, 'Predict');
  await page.goBack();
  await expect(page.getByRole('heading', { name: LAST.heading })).toBeVisible();
});

test('an unknown tab is the first', async ({ page }) => {
  await page.goto('./#tab=mars');
  await expect(page.getByRole('heading', { name: TABS[0].heading })).toBeVisible();
});

test('arrow keys, Home and End move between the tabs', async ({ page }) => {
  await open(page);
  await tab(page, 'Predict').focus();
  for (const { title } of [...TABS.slice(1), TABS[0]]) {
    await page.keyboard.press('ArrowRight');
    await expect(tab(page, title)).toBeFocused();
    await expect(tab(page, title)).toHaveAttribute('aria-selected', 'true');
  }
  await page.keyboard.press('ArrowLeft');
  await expect(tab(page, LAST.title)).toBeFocused();
  await page.keyboard.press('Home');
  await expect(tab(page, 'Predict')).toBeFocused();
  await page.keyboard.press('End');
  await expect(page.getByRole('heading', { name: LAST.heading })).toBeVisible();
});

test('what was typed is still there after another tab', async ({ page }) => {
  await page.goto(`./#${new URLSearchParams({ text: CELL, target: 'nb201/cifar10' })}`);
  await expect(number(page)).toHaveAttribute('data-accuracy', /./);
  await editor(page).fill(CELL.replace('avg_pool_3x3', 'none'));
  await expect(editor(page)).toHaveValue(/none~1/);
  await openTab(page, LAST.title);
  await page.goBack();
  await expect(editor(page)).toHaveValue(/none~1/);
  expect(await accuracy(page)).toBeGreaterThan(0);
});

test('the card of the model has the figures of every target', async ({ page }) => {
  await open(page);
  await openTab(page, 'Model');
  const titles = await page.locator('.target option').allTextContents();
  await expect(page.locator('.figures tbody tr')).toHaveCount(titles.length - 1);
  await expect(page.locator('.figures tbody')).toContainText(/0\.9\d\d/);
});
