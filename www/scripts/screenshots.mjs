// Pictures of the built page in its states, light and dark, phone and desktop, into ../screenshots
// (not committed). `npm run screenshots [FOLDER OF THE SITE]`; look at all of them.

import { mkdir } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { chromium } from '@playwright/test';

import { CHROMIUM } from '../tests/chromium.mjs';
import { serve, SUB_PATH } from '../tests/serve.mjs';

const OUT = fileURLToPath(new URL('../../screenshots', import.meta.url));

const WIDTHS = [360, 390, 1440, 2560];
const THEMES = ['light', 'dark'];

const editor = (page) => page.getByLabel('Architecture');

/** Each state with what a person does to reach it. */
const STATES = {
  first: async () => {},
  cell: (page) => page.getByRole('button', { name: 'Inception cell' }).click(),
  skips: (page) => page.getByRole('button', { name: 'Only skips' }).click(),
  wrong: async (page) => {
    const text = await editor(page).inputValue();
    await editor(page).fill(text.replace('avg_pool_3x3', 'nor_conv_5x5'));
    await page.locator('.problem').waitFor();
  },
  cut: async (page) => {
    const text = await editor(page).inputValue();
    await editor(page).fill(text.slice(0, 60));
    await page.locator('.problem').waitFor();
  },
  long: async (page) => {
    await editor(page).fill('conv '.repeat(20_000));
    await page.locator('.problem').waitFor();
  },
};

const server = await serve(0, process.argv[2]);
const address = `http://127.0.0.1:${server.address().port}${SUB_PATH}`;
const browser = await chromium.launch(CHROMIUM);
await mkdir(OUT, { recursive: true });

for (const colorScheme of THEMES) {
  for (const width of WIDTHS) {
    const height = width < 600 ? 844 : width < 2000 ? 900 : 1300;
    const page = await browser.newPage({ viewport: { width, height }, colorScheme });
    for (const [state, reach] of Object.entries(STATES)) {
      await page.goto(address);
      await page.locator('[data-accuracy]').waitFor();
      await reach(page);
      await page.waitForTimeout(400);
      await page.screenshot({
        path: `${OUT}/${state}-${width}-${colorScheme}.png`,
        fullPage: width < 600,
      });
    }
    await page.close();
  }
}

await browser.close();
server.close();
console.log(`pictures in ${OUT}`);
