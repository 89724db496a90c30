// The map: points and the network in question, by mouse, fingers and keys, light and dark.

import type { Page } from '@playwright/test';

import { CELL, editor, expect, number, open, openTab, tab, test } from './site';

const plane = (page: Page) => page.getByRole('application', { name: /^Map of/ });
const list = (page: Page, name: string) => page.getByRole('list', { name }).getByRole('button');
const family = (page: Page, name: string) => page.getByRole('button', { name, exact: true });

/** Opens the map with a network in it. */
async function openMap(page: Page): Promise<void> {
  await page.goto(`./#${new URLSearchParams({ text: CELL, target: 'auto', tab: 'map' })}`);
  await expect(plane(page)).toBeVisible();
  await expect(list(page, 'Nearest networks')).toHaveCount(8);
}

/** The two canvases as they are, once they have come to rest. */
async function picture(page: Page): Promise<string> {
  const shot = () => page.locator('.map-box').screenshot({ animations: 'disabled' });
  let before = '';
  for (let turn = 0; turn < 20; turn++) {
    const now = (await shot()).toString('base64');
    if (now === before) break;
    before = now;
  }
  return before;
}

async function middle(page: Page): Promise<{ x: number; y: number; width: number; height: number }> {
  const { x, y, width, height } = (await plane(page).boundingBox())!;
  return { x: x + width / 2, y: y + height / 2, width, height };
}

test('the points are fetched with the tab, and say how many they are', async ({ page }) => {
  const asked: string[] = [];
  page.on('request', (request) => asked.push(request.url()));
  await open(page);
  expect(asked.filter((url) => url.includes('/map/'))).toEqual([]);
  await openTab(page, 'Map');
  await expect(plane(page)).toHaveAttribute('aria-label', /^Map of [\d,]+ networks of 13 families\./);
  expect(asked.filter((url) => url.endsWith('/map/points.bin'))).toHaveLength(1);
});

test('a network is placed at once, and another elsewhere', async ({ page }) => {
  await openMap(page);
  await expect(list(page, 'Nearest networks').first()).toContainText('NAS-Bench-201');
  const before = await picture(page);
  await openTab(page, 'Predict');
  await page.getByRole('button', { name: 'HiAML', exact: true }).click();
  await expect(page.getByText('Read as HiAML')).toBeVisible();
  await openTab(page, 'Map');
  await expect(list(page, 'Nearest networks').first()).toContainText('HiAML');
  expect(await picture(page)).not.toBe(before);
});

test('a row of the list opens its network in Predict, with the number it bears', async ({ page }) => {
  await openMap(page);
  const row = list(page, 'Nearest networks').first();
  await expect(row.locator('code')).toHaveText(/nor_conv|skip_connect|none|pool/);
  const text = await row.locator('code').textContent();
  const said = await row.locator('.point-number').textContent();
  await row.click();
  await expect(tab(page, 'Predict')).toHaveAttribute('aria-selected', 'true');
  await expect(editor(page)).toHaveValue(text!);
  await expect(number(page)).toContainText(said!.replace(/[^\d.]/g, '').slice(0, 4));
});

test('a drag moves the map, the wheel zooms, and All brings everything back', async ({ page }) => {
  await openMap(page);
  const whole = await picture(page);
  const { x, y } = await middle(page);
  await page.mouse.move(x, y);
  await page.mouse.down();
  await page.mouse.move(x + 90, y + 40, { steps: 4 });
  await page.mouse.up();
  await page.mouse.move(0, 0);
  const moved = await picture(page);
  expect(moved).not.toBe(whole);
  await page.mouse.move(x, y);
  const scrolled = () => page.evaluate(() => scrollY);
  const before = await scrolled();
  await page.mouse.wheel(0, 400);
  await expect(page.getByRole('button', { name: 'All', exact: true })).toBeEnabled();
  expect(await scrolled()).toBe(before);
  await page.mouse.move(0, 0);
  expect(await picture(page)).not.toBe(moved);
  await page.getByRole('button', { name: 'All', exact: true }).click();
  await page.mouse.move(0, 0);
  await expect(page.getByRole('button', { name: 'All', exact: true })).toBeDisabled();
});

test('a pushed picture is, pixel by pixel, the one that is drawn anew', async ({ page }) => {
  await openMap(page);
  const pixels = () => page.locator('.map-canvas').first().evaluate((canvas: HTMLCanvasElement) => canvas.toDataURL());
  const { x, y } = await middle(page);
  await page.mouse.move(x, y);
  await page.mouse.down();
  for (const [dx, dy] of [[31, 7], [-80, 60], [12, -90], [300, 2]] as const) await page.mouse.move(x + dx, y + dy);
  await page.mouse.up();
  await page.mouse.move(0, 0);
  await picture(page);
  const pushed = await pixels();
  await family(page, 'NAS-Bench-101').click();
  await expect.poll(pixels).not.toBe(pushed);
  await family(page, 'NAS-Bench-101').click();
  await expect.poll(pixels).toBe(pushed);
});

test('the keyboard moves and zooms the map', async ({ page }) => {
  await openMap(page);
  await plane(page).focus();
  let before = await picture(page);
  for (const key of ['ArrowLeft', 'ArrowUp', '+', 'ArrowDown', '-', 'ArrowRight', '0']) {
    await page.keyboard.press(key);
    const after = await picture(page);
    expect(after, key).not.toBe(before);
    before = after;
  }
});

test('two fingers zoom', async ({ page }) => {
  await openMap(page);
  const before = await picture(page);
  const { x, y } = await middle(page);
  await plane(page).evaluate(
    (canvas, [x, y]) => {
      const send = (type: string, pointerId: number, dx: number) =>
        canvas.dispatchEvent(
          new PointerEvent(type, { pointerId, clientX: x + dx, clientY: y, pointerType: 'touch', bubbles: true }),
        );
      send('pointerdown', 1, -20);
      send('pointerdown', 2, 20);
      for (const apart of [30, 50, 80]) {
        send('pointermove', 1, -apart);
        send('pointermove', 2, apart);
      }
      send('pointerup', 1, -80);
      send('pointerup', 2, 80);
    },
    [x, y] as const,
  );
  await expect(page.getByRole('button', { name: 'All', exact: true })).toBeEnabled();
  expect(await picture(page)).not.toBe(before);
});

test('the lasso lists what is inside, a click what is under it, and Clear neither', async ({ page }) => {
  await openMap(page);
  await page.getByRole('button', { name: 'Lasso' }).click();
  const { x, y, width, height } = await middle(page);
  const radius = Math.min(width, height) * 0.47;
  await page.mouse.move(x + radius, y);
  await page.mouse.down();
  for (let angle = 0; angle < 6.2; angle += 0.3) {
    await page.mouse.move(x + radius * Math.cos(angle), y + radius * Math.sin(angle));
  }
  await page.mouse.up();
  const title = page.getByRole('heading', { name: /networks? of \d+ families/ });
  await expect(title).toBeVisible();
  await expect(list(page, 'Chosen networks')).toHaveCount(40);
  await page.getByRole('button', { name: 'Clear' }).click();
  await expect(title).toBeHidden();

  await page.getByRole('button', { name: 'Lasso' }).click();
  const one = page.getByRole('heading', { name: '1 network', exact: true });
  for (let turn = 0; turn < 60 && !(await one.isVisible()); turn++) {
    await page.mouse.click(x + radius * 0.6 * Math.cos(turn), y + radius * 0.6 * Math.sin(turn));
  }
  await expect(one).toBeVisible();
});

test('the legend switches families, in the picture and in the lists', async ({ page }) => {
  await openMap(page);
  const before = await picture(page);
  await expect(list(page, 'Nearest networks').filter({ hasText: 'NAS-Bench-201' })).not.toHaveCount(0);
  await family(page, 'NAS-Bench-201').click();
  await expect(family(page, 'NAS-Bench-201')).toHaveAttribute('aria-pressed', 'false');
  await expect(list(page, 'Nearest networks').filter({ hasText: 'NAS-Bench-201' })).toHaveCount(0);
  expect(await picture(page)).not.toBe(before);
  await page.getByRole('button', { name: 'Show all' }).click();
  await page.getByRole('button', { name: 'Hide all' }).click();
  await expect(list(page, 'Nearest networks')).toHaveCount(0);
  await page.getByRole('button', { name: 'Show all' }).click();
  await expect(list(page, 'Nearest networks')).toHaveCount(8);
});

test('colours follow family, cluster and accuracy, and have a key', async ({ page }) => {
  await openMap(page);
  const pictures = new Set([await picture(page)]);
  await page.getByRole('combobox', { name: 'Colour' }).selectOption('Cluster');
  await expect(page.getByLabel('Colours of the clusters')).toBeVisible();
  pictures.add(await picture(page));
  await page.getByRole('combobox', { name: 'Colour' }).selectOption('Predicted accuracy');
  await expect(page.getByText('Families without a target')).toBeVisible();
  pictures.add(await picture(page));
  await page.getByRole('button', { name: 'Dark theme' }).click();
  pictures.add(await picture(page));
  expect(pictures.size).toBe(4);
});

test('a network that can’t be read is said to have no place', async ({ page }) => {
  await openMap(page);
  await openTab(page, 'Predict');
  await editor(page).fill('nonsense');
  await openTab(page, 'Map');
  await expect(page.getByText('There is no network to place')).toBeVisible();
});

test.describe('without the points', () => {
  test.use({ expectedComplaints: /404|points\.bin/ });

  test('the reason is told, and one can try again', async ({ page }) => {
    let isThere = false;
    await page.route('**/map/points.bin', (route) =>
      isThere ? route.continue() : route.fulfill({ status: 404 }),
    );
    await page.goto('./#tab=map');
    await expect(page.getByRole('alert')).toContainText('the server answered 404');
    isThere = true;
    await page.getByRole('button', { name: 'Try again' }).click();
    await expect(plane(page)).toBeVisible();
  });
});
