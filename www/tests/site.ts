// The page as the tests see it. Every test also fails on a console error, a failed request, a
// request to another host, or anything the Content-Security-Policy refuses.

import { readFileSync } from 'node:fs';
import { gunzipSync } from 'node:zlib';

import { expect, test as base, type Locator, type Page, type Request } from '@playwright/test';

/** The cell of the project's first issue. */
export const CELL =
  '|nor_conv_3x3~0|+|nor_conv_3x3~0|avg_pool_3x3~1|+|skip_connect~0|nor_conv_3x3~1|skip_connect~2|';

/** The same with an operation that does not exist, at line 1, column 34. */
export const WRONG_CELL = CELL.replace('avg_pool_3x3', 'nor_conv_5x5');

/** How closely native code and WASM agree on an accuracy: five decimals. */
export const DECIMALS = 5;

/** What the native program predicts with the weights in the repository: `tests/golden/NAME.json`. */
export const golden = <T>(name: string) =>
  JSON.parse(readFileSync(new URL(`../../tests/golden/${name}.json`, import.meta.url), 'utf8')) as T[];

/** Where the weights come from. */
export const WEIGHTS = '**/weights/gennape.safetensors';

export interface Options {
  /** Complaints that a test provokes on purpose. */
  expectedComplaints: RegExp | null;
}

// When the address changes, Chromium now and then cancels its own request for the icon and asks again;
// a reload breaks off what comes last, the worker that lays graphs out. That both are there has tests of
// its own.
const isBrokenOff = (request: Request) =>
  /\/(favicon\.svg|layout-worker-[^/]*)$/.test(request.url()) && request.failure()?.errorText === 'net::ERR_ABORTED';

// Playwright says so where a test lets no service worker in.
const BLOCKED = /^Service Worker registration blocked/;

export const test = base.extend<Options & { silence: void }>({
  expectedComplaints: [null, { option: true }],
  silence: [
    async ({ page, baseURL, expectedComplaints }, use) => {
      const complaints: string[] = [];
      page.on('console', (message) => {
        const isBad = ['error', 'warning'].includes(message.type());
        if (isBad && !BLOCKED.test(message.text())) complaints.push(message.text());
      });
      page.on('pageerror', (error) => complaints.push(error.message));
      page.on('request', (request) => {
        if (!request.url().startsWith(baseURL!)) complaints.push(`asked for ${request.url()}`);
      });
      page.on('requestfailed', (request) => {
        if (!isBrokenOff(request)) complaints.push(`failed: ${request.url()} ${request.failure()?.errorText}`);
      });
      await use();
      const surprises = complaints.filter((text) => !expectedComplaints?.test(text));
      expect(surprises).toEqual([]);
    },
    { auto: true },
  ],
});

export { expect };

/** Opens the page and waits for its first prediction. */
export async function open(page: Page): Promise<void> {
  await page.goto('./');
  await expect(number(page)).toHaveAttribute('data-accuracy', /./);
}

export const editor = (page: Page) => page.getByLabel('Architecture');
export const number = (page: Page) => page.locator('.accuracy-number');
export const problem = (page: Page) => page.locator('.problem');
export const mark = (page: Page) => page.locator('.editor-rows mark');
export const targets = (page: Page) => page.getByLabel('Target');

/** The page's tabs, in their order, with the heading of each. */
export const TABS = [
  { title: 'Predict', name: 'predict', heading: 'How accurate would this network be?' },
  { title: 'Map', name: 'map', heading: 'Where it stands' },
  { title: 'Compare', name: 'compare', heading: 'Which of these networks?' },
  { title: 'Adapt', name: 'adapt', heading: 'Teach it your networks' },
  { title: 'Model', name: 'model', heading: 'What stands behind the number' },
] as const;

export const tab = (page: Page, title: string) => page.getByRole('tab', { name: title });

/** Opens a tab by its title and waits for what it shows. */
export async function openTab(page: Page, title: (typeof TABS)[number]['title']): Promise<void> {
  await tab(page, title).click();
  const { heading } = TABS.find((known) => known.title === title)!;
  await expect(page.getByRole('heading', { name: heading })).toBeVisible();
}

/** The workers that the model lives in: one, but for a moment after a crash. */
export const workers = (page: Page) => page.workers().filter((known) => known.url().includes('/worker-'));

/** A file as a person has it. */
export interface Dropped {
  name: string;
  bytes: Buffer;
}

/** A file of ../../tests, unpacked where it is packed. */
export function fixture(path: string): Dropped {
  const stored = readFileSync(new URL(`../../tests/${path}`, import.meta.url));
  const name = path.replace(/^.*\//, '').replace(/\.gz$/, '');
  return { name, bytes: path.endsWith('.gz') ? gunzipSync(stored) : stored };
}

/** What a drag of files over the page ends in: `dragenter` alone, or the `drop` too. */
export async function drag(page: Page, files: Dropped[], isDropped = true): Promise<void> {
  const encoded = files.map(({ name, bytes }) => ({ name, base64: bytes.toString('base64') }));
  await page.evaluate(
    ([encoded, isDropped]) => {
      const dataTransfer = new DataTransfer();
      for (const { name, base64 } of encoded) {
        const bytes = Uint8Array.from(atob(base64), (sign) => sign.charCodeAt(0));
        dataTransfer.items.add(new File([bytes], name));
      }
      const at = document.querySelector('h1')!;
      const send = (type: string) =>
        at.dispatchEvent(new DragEvent(type, { dataTransfer, bubbles: true, cancelable: true }));
      send('dragenter');
      if (isDropped) send('drop');
    },
    [encoded, isDropped] as const,
  );
}

/** The accuracy on the page, all its digits. */
export async function accuracy(page: Page): Promise<number> {
  return Number(await number(page).getAttribute('data-accuracy'));
}

/** Moves the focus by the Tab key until it is on `goal`. */
export async function walkTo(page: Page, goal: Locator): Promise<void> {
  await goal.waitFor();
  const isThere = () => goal.evaluate((element) => element === document.activeElement);
  for (let step = 0; step < 300; step++) {
    if (await isThere()) return;
    await page.keyboard.press('Tab');
  }
  throw new Error(`the Tab key never reaches ${goal}`);
}
