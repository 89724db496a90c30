// Pictures of the built page in its states, light and dark, phone and desktop, into ../screenshots
// (not committed). `npm run screenshots [FOLDER OF THE SITE [STATE...]]`; look at all of them.

import { readFileSync } from 'node:fs';
import { mkdir } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { gunzipSync } from 'node:zlib';
import { chromium } from '@playwright/test';

import { CHROMIUM } from '../tests/chromium.mjs';
import { serve, SUB_PATH } from '../tests/serve.mjs';

const OUT = fileURLToPath(new URL('../../screenshots', import.meta.url));
const WEIGHTS = '**/weights/gennape.safetensors';

const WIDTHS = [360, 390, 1440, 2560];
const wanted = process.argv.slice(3);
const THEMES = ['light', 'dark'];

const editor = (page) => page.getByLabel('Architecture');
const predicted = (page) => page.locator('[data-accuracy]').waitFor();
const complained = (page) => page.locator('.problem').waitFor();
const example = (name) => (page) => page.getByRole('button', { name }).click();

/** Opens a tab and waits for a part of it. */
const tab = (title, part) => async (page) => {
  await page.getByRole('tab', { name: title }).click();
  await page.locator(part).first().waitFor();
};

const RESNET = 'onnx/files/resnet18-torchscript-13-inputs.onnx.gz';

/** Picks a file of ../tests, unpacked where it is packed. */
const picks = (path) => async (page) => {
  const stored = readFileSync(fileURLToPath(new URL(`../../tests/${path}`, import.meta.url)));
  const name = path.replace(/^.*\//, '').replace(/\.gz$/, '');
  const buffer = path.endsWith('.gz') ? gunzipSync(stored) : stored;
  await page.locator('input[type=file]').setInputFiles({ name, mimeType: 'application/octet-stream', buffer });
  await page.getByText(/^ONNX, /).waitFor();
};

/** Drags a file over the page, without dropping it. */
const drags = (page) =>
  page.evaluate(() => {
    const dataTransfer = new DataTransfer();
    dataTransfer.items.add(new File(['?'], 'resnet18.onnx'));
    document.body.dispatchEvent(new DragEvent('dragenter', { dataTransfer, bubbles: true }));
  });

/** Scrolls to the graph and waits for its drawing. */
const looksAtGraph = async (page) => {
  await page.locator('.graph').scrollIntoViewIfNeeded();
  await page.locator('[data-item]').first().waitFor();
};

/** Brings every part of the page into sight once, as what is not seen is not asked for. */
const looksAtAll = async (page) => {
  const { height } = page.viewportSize();
  for (let y = 0; y < (await page.evaluate(() => document.body.scrollHeight)); y += height) {
    await page.evaluate((y) => scrollTo(0, y), y);
    await page.waitForTimeout(250);
  }
  await page.locator('.judgement[data-under-way="true"]').waitFor({ state: 'hidden' });
  await page.evaluate(() => scrollTo(0, 0));
};

/** Each state of the page: what its server does, and what a person does to reach it. */
const STATES = {
  first: {},
  cell: { act: example('Inception cell') },
  skips: { act: example('Only skips') },
  wrong: {
    act: async (page) => {
      const text = await editor(page).inputValue();
      await editor(page).fill(text.replace('avg_pool_3x3', 'nor_conv_5x5'));
      await complained(page);
    },
  },
  cut: {
    act: async (page) => {
      await editor(page).fill((await editor(page).inputValue()).slice(0, 60));
      await complained(page);
    },
  },
  long: {
    act: async (page) => {
      await editor(page).fill('conv '.repeat(20_000));
      await complained(page);
    },
  },
  file: { act: picks(RESNET) },
  graph: { act: looksAtGraph },
  cost: {
    act: async (page) => {
      await looksAtGraph(page);
      await page.getByLabel('Colour').selectOption('cost');
      await page.locator('[data-item]', { hasText: 'Block 2' }).first().click();
    },
  },
  changes: {
    act: async (page) => {
      await page.locator('.changes').scrollIntoViewIfNeeded();
      await page.locator('.judgement[data-under-way="false"]').waitFor();
    },
  },
  size: {
    act: async (page) => {
      await picks('golden/files/residual.onnx')(page);
      await page.getByText('What was assumed').click();
    },
  },
  misfit: {
    act: async (page) => {
      await picks('golden/files/flattened.onnx')(page);
      await complained(page);
    },
  },
  dragging: { act: drags },
  map: { act: tab('Map', '.point-row') },
  'map-clusters': {
    act: async (page) => {
      await tab('Map', '.point-row')(page);
      await page.getByRole('combobox', { name: 'Colour' }).selectOption('Cluster');
    },
  },
  model: { act: tab('Model', '.figures td') },
  adapt: {
    act: async (page) => {
      await tab('Adapt', '.measure')(page);
      const operations = ['avg_pool_3x3', 'nor_conv_1x1', 'nor_conv_3x3'];
      const rows = Array.from({ length: 24 }, (_, index) => {
        const [a, b, c] = [1, 3, 9].map((place) => operations[Math.floor(index / place) % 3]);
        const accuracy = 0.8 + 0.03 * (index % 3) + 0.02 * (Math.floor(index / 3) % 3) + 0.0007 * ((7 * index) % 11);
        return `|${a}~0|+|none~0|${b}~1|+|skip_connect~0|none~1|${c}~2|, ${accuracy.toFixed(4)}`;
      });
      await page.locator('.measure-text').fill(rows.join('\n'));
      await page.getByRole('button', { name: 'Adapt', exact: true }).click();
      await page.locator('.agreement').waitFor();
      await page.locator('.measure-text').evaluate((area) => area.scrollTo(0, 0));
    },
  },
  'compare-empty': { act: tab('Compare', '.intake') },
  compare: {
    act: async (page) => {
      await tab('Compare', '.intake')(page);
      await page.getByRole('button', { name: 'Try 500 cells' }).click();
      await page.getByRole('heading', { name: '500 networks' }).waitFor();
      for (const row of [0, 3]) await page.locator('.table-row input').nth(row).click();
      await page.getByRole('application').focus();
      await page.keyboard.press('ArrowRight');
      await page.evaluate(() => scrollTo(0, 0));
    },
  },
  loading: { weights: () => {}, ready: (page) => page.getByText('Loading the model').waitFor() },
  failed: {
    weights: (route) => route.fulfill({ status: 404 }),
    ready: (page) => page.getByRole('alert').waitFor(),
  },
};

const server = await serve(0, process.argv[2]);
const address = `http://127.0.0.1:${server.address().port}${SUB_PATH}`;
const browser = await chromium.launch(CHROMIUM);
await mkdir(OUT, { recursive: true });

for (const colorScheme of THEMES) {
  for (const width of WIDTHS) {
    const height = width < 600 ? 844 : width < 2000 ? 900 : 1300;
    for (const [name, { weights, ready = predicted, act }] of Object.entries(STATES)) {
      if (wanted.length > 0 && !wanted.includes(name)) continue;
      const page = await browser.newPage({ viewport: { width, height }, colorScheme });
      if (weights !== undefined) await page.route(WEIGHTS, weights);
      await page.goto(address);
      await ready(page);
      await act?.(page);
      if (width < 600 && ready === predicted) await looksAtAll(page);
      await page.waitForTimeout(400); // transitions
      const path = `${OUT}/${name}-${width}-${colorScheme}.png`;
      await page.screenshot({ path, fullPage: width < 600 });
      await page.close();
    }
  }
}

await browser.close();
server.close();
console.log(`pictures in ${OUT}`);
