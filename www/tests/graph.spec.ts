// The graph of the shown network and the table beside it: groups, linking, search, scale, files.

import { readFileSync } from 'node:fs';

import type { Page } from '@playwright/test';

import { CELL, drag, editor, expect, fixture, open, test } from './site';

const RESNET = 'onnx/files/resnet18-torchscript-13-inputs.onnx.gz';

const graph = (page: Page) => page.getByRole('region', { name: 'The graph' });
const boxes = (page: Page) => graph(page).locator('[data-item]');
const box = (page: Page, name: string | RegExp) => sheet(page).getByRole('button', { name });
const rows = (page: Page) => graph(page).locator('tr[data-layer]');
const sheet = (page: Page) => graph(page).locator('.graph-sheet');
const details = (page: Page) => page.getByTestId('details');

/** Opens the page at the graph of the first example, 176 layers in three runs of five cells. */
async function openGraph(page: Page): Promise<void> {
  await open(page);
  await graph(page).scrollIntoViewIfNeeded();
  await expect(boxes(page).first()).toBeVisible();
}

const scale = async (page: Page) =>
  Number((await sheet(page).locator('> g').getAttribute('transform'))!.match(/scale\((.+)\)/)![1]);

test('cells that come several times are one box, open and close', async ({ page }) => {
  await openGraph(page);
  const runs = box(page, /^5 × block/);
  await expect(runs.first()).toHaveAttribute('aria-expanded', 'true');
  const blocks = box(page, /^Block \d, \d+ layers/);
  await blocks.first().focus();
  await page.keyboard.press('Enter');
  await expect(blocks.first()).toHaveAttribute('aria-expanded', 'true');
  await expect(box(page, 'add')).toBeAttached();
  await graph(page).getByRole('button', { name: 'Close all' }).click();
  await expect(runs.first()).toHaveAttribute('aria-expanded', 'false');
  await expect(blocks).toHaveCount(0);
});

test('a row shows its box, and a box its row', async ({ page }) => {
  await openGraph(page);
  await graph(page).getByRole('button', { name: 'MACs', exact: true }).click();
  const dearest = rows(page).first();
  const idx = await dearest.getAttribute('data-layer');
  await dearest.getByRole('button').click();
  const chosen = graph(page).locator(`[data-item="${idx}"]`);
  await expect(chosen).toHaveAttribute('data-selected', 'true');
  await expect(chosen).toBeInViewport();
  await expect(details(page)).toContainText('MACs');

  await graph(page).getByRole('button', { name: 'Close all' }).click();
  const last = box(page, /^output/);
  // the drawing that is fitted may still be the one before
  await expect(async () => {
    await graph(page).getByRole('button', { name: 'Fit all' }).click();
    await expect(last).toBeVisible({ timeout: 1000 });
  }).toPass();
  await last.focus();
  await page.keyboard.press('Enter');
  const row = graph(page).locator('tr[data-selected="true"]');
  await expect(row).toBeInViewport();
  await expect(row).toContainText('output');
});

test('sorting turns with each click and keeps all layers', async ({ page }) => {
  await openGraph(page);
  const head = graph(page).getByRole('columnheader', { name: 'Params' });
  await head.getByRole('button').click();
  await expect(head).toHaveAttribute('aria-sort', 'descending');
  const first = await rows(page).first().textContent();
  await head.getByRole('button').click();
  await expect(head).toHaveAttribute('aria-sort', 'ascending');
  expect(await rows(page).first().textContent()).not.toBe(first);
  await expect(graph(page).locator('.layer-table')).toHaveAttribute('aria-rowcount', '177');
});

test('hover and focus show the attributes of a box', async ({ page }) => {
  await openGraph(page);
  await box(page, /^conv 3×3 · 16/).first().hover();
  await expect(details(page)).toContainText('32×32×3 → 32×32×16');
  await expect(details(page)).toContainText('432');
  await sheet(page).evaluate(() => (document.activeElement as HTMLElement).blur());
  await box(page, /^image/).focus();
  await page.mouse.move(0, 0);
  await expect(details(page)).toContainText('Operator');
});

test('arrow keys go from box to box', async ({ page }) => {
  await openGraph(page);
  await box(page, /^image/).focus();
  await page.keyboard.press('ArrowDown');
  await expect(box(page, /^conv 3×3 · 16/).first()).toBeFocused();
  await page.keyboard.press('ArrowUp');
  await expect(box(page, /^image/)).toBeFocused();
});

test('a layer is found by its name, and shown', async ({ page }) => {
  await openGraph(page);
  await drag(page, [fixture(RESNET)]);
  await expect(page.getByText('Read as ONNX')).toBeAttached();
  await graph(page).scrollIntoViewIfNeeded();
  const search = graph(page).getByRole('searchbox');
  await expect(rows(page).first()).toBeVisible();
  await search.fill('linear');
  await expect(graph(page).getByRole('status')).toHaveText('1');
  await search.press('Enter');
  await expect(graph(page).getByRole('status')).toHaveText('1 of 1');
  await expect(graph(page).locator('[data-selected="true"][data-item]')).toBeInViewport();
  await search.fill('nothing like it');
  await expect(graph(page).getByRole('status')).toHaveText('none');
});

test('buttons, wheel and drag move the drawing', async ({ page }) => {
  await openGraph(page);
  const before = await scale(page);
  await graph(page).getByRole('button', { name: 'Smaller' }).click();
  expect(await scale(page)).toBeCloseTo(before / 1.3, 5);
  await graph(page).getByRole('button', { name: 'Fit all' }).click();
  await expect(box(page, /^output/)).toBeInViewport();
  await expect(box(page, /^image/)).toBeInViewport();

  await sheet(page).hover({ position: { x: 40, y: 40 } });
  const fitted = await scale(page);
  await page.mouse.wheel(0, -200);
  expect(await scale(page)).toBe(fitted);
  await sheet(page).hover({ position: { x: 40, y: 40 } });
  const place = await sheet(page).locator('> g').getAttribute('transform');
  const area = (await sheet(page).boundingBox())!;
  await page.mouse.down();
  await page.mouse.move(area.x + 90, area.y + 70);
  await page.mouse.up();
  expect(await sheet(page).locator('> g').getAttribute('transform')).not.toBe(place);
  await page.keyboard.down('Control');
  await page.mouse.wheel(0, -100);
  await page.keyboard.up('Control');
  await expect.poll(() => scale(page)).toBeGreaterThan(fitted);
});

test('colour by share of MACs marks what costs most', async ({ page }) => {
  await openGraph(page);
  await graph(page).getByLabel('Colour').selectOption('cost');
  await expect(graph(page).locator('.box.is-heat-0').first()).toBeAttached();
  await expect(graph(page).locator('.box[class*="is-heat-"]').first()).toBeVisible();
  await expect(graph(page).locator('.box.is-weights')).toHaveCount(0);
});

test('the drawing is saved as SVG and PNG, the table as CSV', async ({ page }) => {
  await openGraph(page);
  const saved = async (name: string) => {
    const download = page.waitForEvent('download');
    await graph(page).getByRole('button', { name, exact: true }).click();
    const { suggestedFilename, path } = await download.then((got) => ({
      suggestedFilename: got.suggestedFilename(),
      path: got.path(),
    }));
    return { name: suggestedFilename, bytes: readFileSync(await path) };
  };
  const svg = await saved('SVG');
  expect(svg.name).toBe('network.svg');
  expect(svg.bytes.toString()).toMatch(/^<svg xmlns="http:\/\/www.w3.org\/2000\/svg" width="\d+"/);
  expect(svg.bytes.toString()).toContain('>5 × block, ');
  expect(svg.bytes.toString()).not.toMatch(/fill=""|stroke=""|NaN/);
  const png = await saved('PNG');
  expect(png.bytes.subarray(1, 4).toString()).toBe('PNG');
  expect(png.bytes.length).toBeGreaterThan(5_000);
  const csv = await saved('Save as CSV');
  expect(csv.bytes.toString().split('\n')[0]).toMatch(/^name,op,in_h,/);
  expect(csv.bytes.toString().trimEnd().split('\n')).toHaveLength(177);
});

test('another network is drawn anew, and nothing below moves', async ({ page }) => {
  await openGraph(page);
  const top = async () => (await graph(page).boundingBox())!.height;
  const before = await top();
  await editor(page).fill(CELL.replace('avg_pool_3x3', 'nor_conv_1x1'));
  await expect(box(page, /^conv 1×1/).first()).toBeAttached();
  expect(await top()).toBe(before);
});

test('five thousand layers are laid out, opened, found and moved without a pause', async ({ page }) => {
  test.slow(); // the layout takes seconds, in its worker
  await openGraph(page);
  await drag(page, [{ name: 'large.json', bytes: Buffer.from(JSON.stringify(largeGraph(5_000))) }]);
  await expect(graph(page).locator('.layer-table')).toHaveAttribute('aria-rowcount', /^500\d$/);
  const frame = graph(page).locator('.graph-frame');
  await expect(frame).toHaveAttribute('data-old', 'false', { timeout: 60_000 });
  await graph(page).getByRole('button', { name: 'Open all' }).click();
  await expect(graph(page).getByRole('button', { name: 'Open all' })).toBeDisabled();
  await graph(page).getByRole('searchbox').fill('output');
  await graph(page).getByRole('searchbox').press('Enter');
  await expect(box(page, /^output/)).toBeInViewport({ timeout: 60_000 });
  await graph(page).getByRole('button', { name: 'Fit all' }).click();
  const script = await page.evaluate(async () => {
    const sheet = document.querySelector('.graph-sheet')!;
    const { left, top } = sheet.getBoundingClientRect();
    const fire = (type: string, step: number) =>
      sheet.dispatchEvent(
        new PointerEvent(type, { pointerId: 1, clientX: left + 100 + step, clientY: top + 100 + step, bubbles: true }),
      );
    fire('pointerdown', 0);
    const times: number[] = [];
    for (let step = 1; step <= 60; step++) {
      const begin = performance.now();
      fire('pointermove', step);
      await Promise.resolve();
      times.push(performance.now() - begin);
      await new Promise(requestAnimationFrame);
    }
    fire('pointerup', 60);
    return times.sort((a, b) => a - b)[30]!;
  });
  expect(script).toBeLessThan(16);
});

/** Blocks with a shortcut and one to three branches, of many shapes, in the library's own form. */
function largeGraph(nLayers: number): object {
  const shape = { h_in: 8, w_in: 8, c_in: 16, h_out: 8, w_out: 8, c_out: 16 };
  const nodes: object[] = [{ op: 'input', ...shape }];
  const edges: [number, number][] = [];
  const add = (op: string, from: number[], more = {}) => {
    nodes.push({ op, ...shape, ...more });
    edges.push(...from.map((input): [number, number] => [input, nodes.length - 1]));
    return nodes.length - 1;
  };
  const conv = { kernel_h: 3, kernel_w: 3, params: 2304, macs: 147456 };
  let last = 0;
  for (let block = 0; nodes.length < nLayers - 1; block++) {
    const ends = Array.from({ length: 1 + (block % 3) }, (_, branch) => {
      let at = last;
      for (let layer = 0; layer <= (block * 7 + branch * 3) % 5; layer++) {
        at = add('relu', [add('batchnorm', [add('conv', [at], conv)], { params: 32 })]);
      }
      return at;
    });
    last = add('add', [last, ...ends]);
  }
  add('output', [last]);
  return { name: 'large', input: [8, 8, 16], nodes, edges };
}
