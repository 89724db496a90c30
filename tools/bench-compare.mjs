// node tools/bench-compare.mjs [FOLDER OF THE SITE]: how long a list of 100,000 networks keeps Compare
// busy in Chromium, without the model's own time. Needs ./build.sh page; prints, asserts nothing.

import { createRequire } from 'node:module';
import { fileURLToPath } from 'node:url';

import { CHROMIUM } from '../www/tests/chromium.mjs';
import { answerByCounting, pasteMany } from '../www/tests/long-list.mjs';
import { serve, SUB_PATH } from '../www/tests/serve.mjs';

const { chromium } = createRequire(new URL('../www/package.json', import.meta.url))('@playwright/test');

const COUNT = 100_000;

const server = await serve(0, process.argv[2] ?? fileURLToPath(new URL('../dist', import.meta.url)));
const browser = await chromium.launch(CHROMIUM);
const page = await browser.newPage({ viewport: { width: 1440, height: 900 } });
await page.goto(`http://127.0.0.1:${server.address().port}${SUB_PATH}#tab=compare`);
await page.getByText('Model ready').waitFor();
await page.locator('.intake-text').waitFor();

/** Prints how long `act` takes, and how much of that the page's thread is at work. */
async function time(what, act) {
  const client = await page.context().newCDPSession(page);
  await client.send('Performance.enable', { timeDomain: 'threadTicks' });
  const busy = async () => {
    const { metrics } = await client.send('Performance.getMetrics');
    return metrics.find(({ name }) => name === 'TaskDuration').value;
  };
  const [began, before] = [performance.now(), await busy()];
  await act();
  const whole = (performance.now() - began) / 1000;
  console.log(`${what.padEnd(20)} ${whole.toFixed(2).padStart(7)} s, the page at work ${((await busy()) - before).toFixed(2)} s`);
}

const first = page.locator('.table-row .table-name').first();
const last = page.locator('.table-row .table-name').last();
await answerByCounting(page.workers().find((worker) => worker.url().includes('/worker-')));
await time(`score ${COUNT}`, async () => {
  await page.evaluate(pasteMany, COUNT);
  await page.getByRole('heading', { name: `${COUNT.toLocaleString('en')} networks` }).waitFor({ timeout: 600_000 });
});
await time('sort by parameters', async () => {
  await page.locator('.table').getByRole('button', { name: 'Parameters', exact: true }).click();
  await first.filter({ hasText: `Line ${COUNT}` }).waitFor();
});
await time('scroll to the end', async () => {
  await page.locator('.table-frame').evaluate((frame) => frame.scrollTo(0, frame.scrollHeight));
  await last.filter({ hasText: /^Line 1$/ }).waitFor();
});
await browser.close();
server.close();
