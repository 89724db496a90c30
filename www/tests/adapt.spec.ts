// Teaching the model networks of one's own: tables in every form, progress, cancel, keeping, files.

import { readFileSync } from 'node:fs';
import type { Page } from '@playwright/test';

import { accuracy, CELL, drag, expect, golden, number, open, openTab, targets, test, walkTo, workers } from './site';

/** Cells with the accuracies that the native program predicts: stand-ins for measurements. */
const MEASURED = golden<{ text: string; target: string; accuracy: number }>('predictions')
  .filter(({ text, target }) => text.startsWith('|') && target === 'nb201/cifar10');

/** Chains of three operations, all different, and accuracies that rise with their convolutions. */
const ROWS = Array.from({ length: 24 }, (_, index) => {
  const operations = ['avg_pool_3x3', 'nor_conv_1x1', 'nor_conv_3x3'];
  const [a, b, c] = [1, 3, 9].map((place) => operations[Math.floor(index / place) % 3]!);
  const cell = `|${a}~0|+|none~0|${b}~1|+|skip_connect~0|none~1|${c}~2|`;
  const gain = [a, b, c].filter((operation) => operation!.startsWith('nor')).length;
  return { cell, accuracy: 0.85 + 0.02 * gain + 0.0001 * index };
});

const CSV = ['arch,accuracy', ...ROWS.map(({ cell, accuracy }) => `${cell},${accuracy.toFixed(4)}`)].join('\n');

const field = (page: Page) => page.getByLabel('Measured networks', { exact: true });
const adaptNow = (page: Page) => page.getByRole('button', { name: 'Adapt', exact: true }).click();

async function openAdapt(page: Page): Promise<void> {
  await open(page);
  await openTab(page, 'Adapt');
}

test('a table becomes a target, judged against counting, usable, kept and forgotten', async ({ page }) => {
  test.setTimeout(90_000);
  await openAdapt(page);
  await field(page).fill(CSV);
  await page.getByLabel('Measured on').fill('mine');
  await adaptNow(page);
  await expect(page.getByRole('heading', { name: 'adapted/mine' })).toBeVisible({ timeout: 60_000 });
  await expect(page.locator('.adapt-verdict')).toContainText(`Learned from ${ROWS.length} networks`);
  await expect(page.locator('.judges tbody tr')).toHaveCount(4);
  await expect(page.locator('.agreement-point')).toHaveCount(ROWS.length);

  await page.getByRole('button', { name: 'Use on Predict' }).click();
  await expect(number(page)).toHaveAttribute('data-target', 'adapted/mine');
  expect(await accuracy(page)).toBeGreaterThan(0.7);

  await page.reload();
  await openTab(page, 'Predict');
  await targets(page).selectOption('adapted/mine');
  await expect(number(page)).toHaveAttribute('data-target', 'adapted/mine');

  await openTab(page, 'Adapt');
  const saving = page.waitForEvent('download');
  await page.getByRole('button', { name: 'Save', exact: true }).click();
  const download = await saving;
  const bytes = readFileSync((await download.path())!);
  await page.getByRole('button', { name: 'Forget' }).click();
  await expect(page.locator('.kept')).toHaveCount(0);
  await expect(page.getByText('Model ready')).toBeVisible();
  await drag(page, [{ name: download.suggestedFilename(), bytes }]);
  await expect(page.locator('.kept')).toContainText('adapted/mine');
});

for (const { form, text } of [
  { form: 'lines with a comma', text: ROWS.map(({ cell, accuracy }) => `${cell}, ${accuracy}`).join('\n') },
  { form: 'lines with tabs, in percent', text: ROWS.map(({ cell, accuracy }) => `${cell}\t${100 * accuracy} %`).join('\n') },
  { form: 'records', text: ROWS.map(({ cell, accuracy }) => JSON.stringify({ arch: cell, accuracy: { mine: accuracy } })).join('\n') },
]) {
  test(`${form} are a table`, async ({ page }) => {
    test.setTimeout(90_000);
    await openAdapt(page);
    await field(page).fill(text);
    await adaptNow(page);
    await expect(page.locator('.agreement-point')).toHaveCount(ROWS.length, { timeout: 60_000 });
  });
}

for (const { what, text, message } of [
  { what: 'too few networks', text: CSV.split('\n').slice(0, 4).join('\n'), message: /networks/ },
  { what: 'a line without an accuracy', text: `${CSV}\n${CELL}`, message: /Line 26.*number from 0 to 1/ },
  { what: 'a network that is none', text: `${CSV}\nhello, 0.9`, message: /hello/ },
]) {
  test(`${what} is refused with the reason`, async ({ page }) => {
    await openAdapt(page);
    await field(page).fill(text);
    await adaptNow(page);
    await expect(page.locator('.measure-status')).toContainText(message);
  });
}

test('learning can be cancelled', async ({ page }) => {
  await openAdapt(page);
  const many = Array.from({ length: 60 }, (_, index) => `${ROWS[index % ROWS.length]!.cell},${0.9 + index / 1e4}`);
  await field(page).fill([...MEASURED.map(({ text, accuracy: value }) => `${text},${value}`), ...many].join('\n'));
  await adaptNow(page);
  const stop = page.getByRole('button', { name: 'Cancel' });
  await stop.click();
  await expect(page.locator('.measure-status')).toContainText('Stopped; nothing was changed.');
  await expect(stop).toHaveCount(0);
});

test('a table is pasted, learning cancelled, begun anew, and the target chosen, by the keyboard alone', async ({ page }) => {
  test.setTimeout(120_000);
  await open(page);
  await walkTo(page, page.getByRole('tab', { name: 'Predict' }));
  for (let step = 0; step < 3; step++) await page.keyboard.press('ArrowRight');
  await expect(page.getByRole('tab', { name: 'Adapt' })).toBeFocused();
  await walkTo(page, field(page));
  await page.keyboard.insertText(CSV);
  await walkTo(page, page.getByLabel('Measured on'));
  await page.keyboard.press('Control+a');
  await page.keyboard.type('keys');

  const button = page.getByRole('button', { name: 'Adapt', exact: true });
  const freed = await hold(page);
  await walkTo(page, button);
  await page.keyboard.press('Enter');
  await walkTo(page, page.getByRole('button', { name: 'Cancel' }));
  await page.keyboard.press('Enter');
  await freed();
  await expect(page.locator('.measure-status')).toContainText('Stopped; nothing was changed.');

  await walkTo(page, button);
  await page.keyboard.press('Enter');
  await expect(page.getByRole('heading', { name: 'adapted/keys' })).toBeVisible({ timeout: 60_000 });
  await walkTo(page, page.getByRole('button', { name: 'Use on Predict' }));
  await page.keyboard.press('Enter');
  await expect(number(page)).toHaveAttribute('data-target', 'adapted/keys');
  const choice = page.getByRole('combobox', { name: 'Target' });
  await expect(choice).toHaveValue('adapted/keys');
  await walkTo(page, choice);
  // automatic is the adapted one too: it is of the network's family
  await page.keyboard.press('Home');
  await page.keyboard.press('ArrowDown');
  await expect(number(page)).not.toHaveAttribute('data-target', 'adapted/keys');
  while ((await choice.inputValue()) !== 'adapted/keys') await page.keyboard.press('ArrowDown');
  await expect(number(page)).toHaveAttribute('data-target', 'adapted/keys');
});

/** Holds back what the model tells of its steps, until the function that is given back is called. */
async function hold(page: Page): Promise<() => Promise<void>> {
  const worker = workers(page).at(-1)!;
  await worker.evaluate(() => {
    const post = globalThis.postMessage.bind(globalThis);
    const held: unknown[] = [];
    globalThis.postMessage = (message: unknown) => void held.push(message);
    const letGo = () => {
      globalThis.postMessage = post;
      held.forEach((message) => post(message));
    };
    Object.assign(globalThis, { letGo });
  });
  return () => worker.evaluate(() => (globalThis as unknown as { letGo(): void }).letGo());
}
