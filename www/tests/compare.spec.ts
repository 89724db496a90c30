// Many networks side by side: lists in every form, progress, cancel, sorting, the plot, files to keep.

import { readFileSync } from 'node:fs';
import { gzipSync } from 'node:zlib';
import type { Page } from '@playwright/test';

import { answerByCounting, pasteMany } from './long-list.mjs';
import { accuracy, CELL, drag, editor, expect, golden, number, open, openTab, test, walkTo, workers, WRONG_CELL } from './site';

interface Golden {
  text: string;
  target: string;
  accuracy: number;
  params: number;
}

const GOLDEN = golden<Golden>('predictions').filter(({ text }) => text.startsWith('|'));

const field = (page: Page) => page.getByLabel('Networks, one a line');
const add = (page: Page) => page.getByRole('button', { name: 'Add to the list' });
const rows = (page: Page) => page.locator('.table-row');
const title = (page: Page) => page.locator('.list-head h2');
const remark = (page: Page) => page.locator('.scoring-remark');
const names = (page: Page) => page.locator('.table-row .table-name').allTextContents();
const sort = (page: Page, column: string) => page.getByRole('button', { name: column, exact: true }).last().click();

/** NAS-Bench-201 cells, as many as asked for. */
function cells(count: number): string[] {
  const operations = ['none', 'skip_connect', 'nor_conv_1x1', 'nor_conv_3x3', 'avg_pool_3x3'];
  return Array.from({ length: count }, (_, index) => {
    const [a, b, c, d, e] = [0, 1, 2, 3, 4].map((slot) => operations[Math.floor((7 * index) / 5 ** slot) % 5]);
    return `|${a}~0|+|${b}~0|${c}~1|+|${d}~0|${e}~1|nor_conv_3x3~2|`;
  });
}

async function openCompare(page: Page): Promise<void> {
  await open(page);
  await openTab(page, 'Compare');
}

async function score(page: Page, text: string): Promise<void> {
  await field(page).fill(text);
  await add(page).click();
}

test('a pasted list is scored as the native program scores it', async ({ page }) => {
  await openCompare(page);
  const own = GOLDEN.filter(({ target }) => target === 'nb201/cifar10');
  await score(page, own.map(({ text }) => text).join('\n'));
  await expect(title(page)).toHaveText(`${own.length} networks`);
  const saving = page.waitForEvent('download');
  await page.getByRole('button', { name: 'Save as JSON Lines' }).click();
  const lines = readFileSync((await (await saving).path())!, 'utf8').trim().split('\n');
  const saved = lines.map((line) => JSON.parse(line) as Golden & { id: string });
  for (const [index, { accuracy: native, params }] of own.entries()) {
    const found = saved.find(({ id }) => id === `Line ${index + 1}`)!;
    expect(found.accuracy).toBeCloseTo(native, 5);
    expect(found.params).toBe(params);
  }
});

test('lines at fault are named with the reason, and the others are scored', async ({ page }) => {
  await openCompare(page);
  await score(page, [CELL, '', WRONG_CELL, '{"id": "good", "arch": "' + CELL + '"}', '{"id": "bad", "arch": "hello"}'].join('\n'));
  await expect(title(page)).toHaveText('2 networks');
  await expect(rows(page)).toHaveCount(2);
  expect((await names(page)).sort()).toEqual(['Line 1', 'good']);
  const faults = page.locator('.faults');
  await faults.getByText('2 lines could not be scored').click();
  await expect(faults).toContainText('Line 3 Unknown operation nor_conv_5x5; did you mean');
  await expect(faults).toContainText('Line 5 (bad) No known format begins with hello');
});

for (const { form, text, expected } of [
  { form: 'CSV with names', text: `name,acc,arch\nfirst,0.9,${CELL}\n"sec,ond",0.8,"${CELL}"\n`, expected: ['first', 'sec,ond'] },
  { form: 'CSV with semicolons and Windows lines', text: `id;arch\r\na;${CELL}\r\nb;${CELL}\r\n`, expected: ['a', 'b'] },
  { form: 'a JSON array', text: `[\n {"id": "x", "arch": "${CELL}"},\n "${CELL}"\n]`, expected: ['Line 2', 'x'] },
  { form: 'one JSON value over several lines', text: `{\n "matrix": [[0,1,0],[0,0,1],[0,0,0]],\n "ops": ["input", "conv3x3-bn-relu", "output"]\n}`, expected: ['Line 1'] },
]) {
  test(`${form} is a list`, async ({ page }) => {
    await openCompare(page);
    await score(page, text);
    await expect(rows(page)).toHaveCount(expected.length);
    expect((await names(page)).sort()).toEqual(expected.sort());
    await expect(page.locator('.faults')).toHaveCount(0);
  });
}

test('dropped lists are taken, packed or not, and what is none is refused', async ({ page }) => {
  await openCompare(page);
  const record = JSON.stringify({ id: 'packed', arch: CELL });
  await drag(page, [{ name: 'list.jsonl.gz', bytes: gzipSync(`${record}\n`) }], false);
  await expect(page.getByText('Drop a list to compare its networks')).toBeVisible();
  await drag(page, [
    { name: 'list.jsonl.gz', bytes: gzipSync(`${record}\n`) },
    { name: 'list.txt', bytes: Buffer.from(CELL) },
  ]);
  await expect(rows(page)).toHaveCount(2);
  await drag(page, [{ name: 'noise.bin', bytes: Buffer.from([0xff, 0xfe, 0x00, 0x80]) }]);
  await expect(remark(page)).toContainText('Can\'t read noise.bin; expected lines of text');
  await drag(page, [{ name: 'cut.gz', bytes: gzipSync(record).subarray(0, 20) }]);
  await expect(remark(page)).toContainText('Can\'t read cut.gz');
  await drag(page, [{ name: 'empty.txt', bytes: Buffer.from('\n\n') }]);
  await expect(remark(page)).toContainText('There is no network in it');
  await expect(rows(page)).toHaveCount(2);
});

test('scoring shows progress, can be cancelled, and keeps what is done', async ({ page }) => {
  await openCompare(page);
  await page.evaluate((text) => {
    const area = document.querySelector<HTMLTextAreaElement>('.intake-text')!;
    area.dispatchEvent(new InputEvent('beforeinput', { data: text, bubbles: true, cancelable: true }));
  }, cells(20_000).join('\n'));
  const bar = page.getByRole('progressbar', { name: 'Scored networks' });
  await expect(bar).toHaveAttribute('max', '20000');
  await expect(page.locator('.scoring')).toContainText(/\d of 20,000 .*a second .*left/);
  // a question on Predict is answered meanwhile
  await openTab(page, 'Predict');
  await editor(page).fill(CELL.replace('avg_pool_3x3', 'none'));
  await expect(page.locator('.predict')).toHaveAttribute('data-stale', 'false');
  await openTab(page, 'Compare');
  await page.getByRole('button', { name: 'Cancel' }).click();
  await expect(remark(page)).toContainText(/Stopped after [\d,]+ of 20,000/);
  await expect(bar).toHaveCount(0);
  await expect(title(page)).toHaveText(/networks$/);
});

test('of a hundred thousand rows only those in sight are in the document, the right ones wherever one scrolls', async ({ page }) => {
  test.setTimeout(180_000);
  await openCompare(page);
  await answerByCounting(workers(page).at(-1)!);
  await page.evaluate(pasteMany, 100_100);
  await expect(remark(page)).toContainText('at most 100,000 networks', { timeout: 150_000 });
  await expect(title(page)).toHaveText('100,000 networks', { timeout: 150_000 });
  const frame = page.locator('.table-frame');
  const scrollTo = (share: number) =>
    frame.evaluate((element, share) => element.scrollTo(0, share * (element.scrollHeight - element.clientHeight)), share);
  const shown = async () => {
    const numbers = (await names(page)).map((name) => Number(name.replace('Line ', '')));
    expect(numbers.length).toBeGreaterThan(5);
    expect(numbers.length).toBeLessThan(80);
    return numbers;
  };
  // by parameters, which fall with the line's number, from the dearest
  await sort(page, 'Parameters');
  await expect(rows(page).first().locator('.table-name')).toHaveText('Line 100000');
  for (const share of [0.25, 0.5, 1, 0]) {
    await scrollTo(share);
    const first = () => shown().then(([number]) => number! / 100_000);
    await expect.poll(async () => Math.abs((await first()) - (1 - share))).toBeLessThan(0.001);
    const numbers = await shown();
    expect(numbers).toEqual(numbers.map((_, index) => numbers[0]! - index));
  }
  await page.getByRole('grid').focus();
  await page.keyboard.press('End');
  await expect(rows(page).last().locator('.table-name')).toHaveText('Line 1');
  await expect(page.locator('.table-row[data-current="true"] .table-name')).toHaveText('Line 1');
  await expect(page.getByRole('grid')).toHaveAttribute('aria-rowcount', '100001');
});

test('pinning, sorting, choosing, saving, cancelling: all by the keyboard alone', async ({ page }) => {
  await open(page);
  await walkTo(page, page.getByRole('button', { name: 'Pin to compare' }));
  await page.keyboard.press('Enter');
  await expect(page.getByText('Pinned', { exact: true })).toBeVisible();
  await walkTo(page, page.getByRole('tab', { name: 'Predict' }));
  await page.keyboard.press('ArrowRight');
  await page.keyboard.press('ArrowRight');
  await expect(page.getByRole('tab', { name: 'Compare' })).toBeFocused();
  await expect(title(page)).toHaveText('1 network');

  await walkTo(page, field(page));
  await page.keyboard.insertText(cells(5).join('\n'));
  await page.keyboard.press('Control+Enter');
  await expect(title(page)).toHaveText('6 networks');

  await walkTo(page, page.locator('.table').getByRole('button', { name: 'MACs' }));
  await page.keyboard.press('Enter');
  await expect(page.getByRole('columnheader', { name: 'MACs' })).toHaveAttribute('aria-sort', 'descending');
  await page.keyboard.press('Enter');
  await expect(page.getByRole('columnheader', { name: 'MACs' })).toHaveAttribute('aria-sort', 'ascending');

  await walkTo(page, page.getByRole('grid'));
  for (const key of ['Home', 'Space', 'End', 'Space']) await page.keyboard.press(key);
  await expect(page.locator('.difference').getByRole('columnheader')).toHaveCount(3);
  await expect(page.locator('.table-row[aria-selected="true"]')).toHaveCount(2);

  for (const [name, ending] of [['Save as CSV', '.csv'], ['Save as JSON Lines', '.jsonl']] as const) {
    const saving = page.waitForEvent('download');
    await walkTo(page, page.getByRole('button', { name }));
    await page.keyboard.press('Enter');
    expect((await saving).suggestedFilename()).toContain(ending);
  }

  await walkTo(page, page.getByLabel('Score for'));
  await page.keyboard.press('ArrowDown');
  await expect(page.getByLabel('Score for')).not.toHaveValue('auto');
  await expect(title(page)).toHaveText('6 networks');

  await answerByCounting(workers(page).at(-1)!, 20);
  await walkTo(page, field(page));
  await page.keyboard.insertText(cells(20_000).join('\n'));
  await expect(page.getByRole('progressbar', { name: 'Scored networks' })).toBeVisible();
  await walkTo(page, page.getByRole('button', { name: 'Cancel' }));
  await page.keyboard.press('Enter');
  await expect(remark(page)).toContainText('Stopped after');

  await walkTo(page, page.getByRole('button', { name: 'Clear', exact: true }));
  await page.keyboard.press('Enter');
  await expect(rows(page)).toHaveCount(0);
});

test('columns sort both ways, by the keyboard too', async ({ page }) => {
  await openCompare(page);
  await score(page, cells(12).join('\n'));
  await expect(rows(page)).toHaveCount(12);
  const accuracies = async () => (await page.locator('.table-accuracy').allTextContents()).slice(1).map(parseFloat);
  const falling = await accuracies();
  expect(falling).toEqual([...falling].sort((a, b) => b - a));
  await page.getByRole('button', { name: 'Accuracy' }).focus();
  await page.keyboard.press('Enter');
  expect(await accuracies()).toEqual([...falling].reverse());
  await expect(page.getByRole('columnheader', { name: 'Accuracy' })).toHaveAttribute('aria-sort', 'ascending');
});

test('two chosen networks show their difference, and one opens on Predict', async ({ page }) => {
  await openCompare(page);
  const other = CELL.replaceAll('nor_conv_3x3', 'nor_conv_1x1');
  await score(page, `${CELL}\n${other}`);
  await expect(rows(page)).toHaveCount(2);
  await page.getByRole('grid').focus();
  await page.keyboard.press('ArrowDown');
  await page.keyboard.press('Space');
  const panel = page.locator('.difference');
  await expect(panel.getByRole('columnheader')).toHaveCount(1);
  await page.keyboard.press('ArrowDown');
  await page.keyboard.press('Space');
  await expect(panel.getByRole('columnheader')).toHaveText([/Line 1/, /Line 2/, 'Difference']);
  // the two params: NAS-Bench-201's own counts of the cells
  await expect(panel.getByRole('row', { name: /^Parameters/ })).toContainText('802');
  await expect(panel.getByRole('row', { name: /^Accuracy/ })).toContainText('points');
  await page.keyboard.press('Enter');
  await expect(editor(page)).toHaveValue(other);
});

test('the front is walked by the keyboard and pointed at by the mouse', async ({ page }) => {
  await openCompare(page);
  await score(page, cells(60).join('\n'));
  await expect(title(page)).toHaveText('60 networks');
  const plot = page.getByRole('application');
  const words = page.locator('.plot-words');
  await plot.focus();
  await page.keyboard.press('ArrowRight');
  const cheapest = await words.textContent();
  expect(cheapest).toMatch(/Line \d+: [\d.]+.%, .* parameters, .* MACs/);
  await page.keyboard.press('ArrowRight');
  await expect(words).not.toHaveText(cheapest!);
  await page.keyboard.press('ArrowLeft');
  await expect(words).toHaveText(cheapest!);
  const box = (await plot.boundingBox())!;
  await page.mouse.move(box.x + box.width - 20, box.y + 20);
  await page.mouse.move(box.x + box.width - 40, box.y + 40);
  await page.getByRole('button', { name: 'Parameters' }).first().click();
  await expect(page.getByRole('button', { name: 'Parameters' }).first()).toHaveAttribute('aria-pressed', 'true');
});

test('networks are pinned on Predict, and CSV holds the list', async ({ page }) => {
  await open(page);
  const before = await accuracy(page);
  await page.getByRole('button', { name: 'Pin to compare' }).click();
  await expect(page.getByText('Pinned', { exact: true })).toBeVisible();
  await page.getByRole('button', { name: 'Only skips' }).click();
  await expect(number(page)).not.toHaveAttribute('data-accuracy', String(before));
  await page.getByRole('button', { name: 'Pin to compare' }).click();
  await openTab(page, 'Compare');
  expect(await names(page)).toEqual(['NAS-Bench-201 (1)', 'NAS-Bench-201 (2)']);
  const saving = page.waitForEvent('download');
  await page.getByRole('button', { name: 'Save as CSV' }).click();
  const [header, first] = readFileSync((await (await saving).path())!, 'utf8').split('\n');
  expect(header).toBe('name,accuracy,low,high,target,family,params,macs,nodes,edges,novelty,arch');
  expect(first).toMatch(/^NAS-Bench-201 \(1\),0\.9\d+,.*nb201\/cifar10,nb201,802426,/);
  await page.getByRole('button', { name: 'Clear', exact: true }).last().click();
  await expect(rows(page)).toHaveCount(0);
});

test('another target scores the list anew', async ({ page }) => {
  await openCompare(page);
  await score(page, `${CELL}\n${WRONG_CELL}`);
  await expect(rows(page)).toHaveCount(1);
  await page.getByLabel('Score for').selectOption('nb201/cifar100');
  await expect(rows(page).locator('.table-target')).toHaveText('nb201/cifar100');
  await expect(page.locator('.faults')).toContainText('1 line could not be scored');
});

test.describe('while the model crashes', () => {
  test.use({ expectedComplaints: /boom/ });

  test('a list costs no more than the line that it crashes on', async ({ page }) => {
    await openCompare(page);
    await workers(page).at(-1)!.evaluate(() => {
      String.prototype.charCodeAt = () => {
        throw new Error('boom');
      };
    });
    await score(page, cells(6).join('\n'));
    await expect(title(page)).toHaveText('6 networks');
  });
});
