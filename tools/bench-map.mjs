// node tools/bench-map.mjs [FOLDER OF THE SITE]: what a pan of the whole map costs, in script, in
// Chromium. Needs ./build.sh page; prints, asserts nothing.

import { createRequire } from 'node:module';
import { fileURLToPath } from 'node:url';

import { CHROMIUM } from '../www/tests/chromium.mjs';
import { serve, SUB_PATH } from '../www/tests/serve.mjs';

const { chromium } = createRequire(new URL('../www/package.json', import.meta.url))('@playwright/test');

const STEPS = 120;
const SIZES = [
  { width: 1440, height: 900, deviceScaleFactor: 1 },
  { width: 1440, height: 900, deviceScaleFactor: 2 },
  { width: 390, height: 844, deviceScaleFactor: 2 },
];

/** Runs in the page: one push of the map, and the frame that follows. */
async function step(dx) {
  const canvas = document.querySelector('.map-touch');
  const { left, top, width, height } = canvas.getBoundingClientRect();
  const send = (type, x) =>
    canvas.dispatchEvent(
      new PointerEvent(type, {
        pointerId: 1,
        clientX: left + width / 2 + x,
        clientY: top + height / 2,
        bubbles: true,
      }),
    );
  if (globalThis.isPressed !== true) send('pointerdown', 0);
  globalThis.isPressed = true;
  send('pointermove', dx);
  await new Promise((resolve) => requestAnimationFrame(() => setTimeout(resolve)));
}

/** Milliseconds of script of each push: the thread's own time, so that a busy machine does not count. */
async function measure(page) {
  const client = await page.context().newCDPSession(page);
  await client.send('Performance.enable', { timeDomain: 'threadTicks' });
  const script = async () => {
    const { metrics } = await client.send('Performance.getMetrics');
    return 1000 * metrics.find(({ name }) => name === 'ScriptDuration').value;
  };
  const times = [];
  for (let turn = 0; turn < STEPS; turn++) {
    const before = await script();
    await page.evaluate(step, 60 * Math.sin(turn / 8) + 10);
    times.push((await script()) - before);
  }
  return times.slice(10).sort((a, b) => a - b);
}

const server = await serve(0, process.argv[2] ?? fileURLToPath(new URL('../dist', import.meta.url)));
const browser = await chromium.launch(CHROMIUM);
for (const { width, height, deviceScaleFactor } of SIZES) {
  const page = await browser.newPage({ viewport: { width, height }, deviceScaleFactor });
  await page.goto(`http://127.0.0.1:${server.address().port}${SUB_PATH}#tab=map`);
  const canvas = page.getByRole('application', { name: /^Map of/ });
  const what = (await canvas.getAttribute('aria-label')).match(/[\d,]+ networks/)[0];
  await page.getByRole('list', { name: 'Nearest networks' }).getByRole('button').first().waitFor();
  const times = await measure(page);
  const at = (share) => times[Math.floor(share * (times.length - 1))].toFixed(1).padStart(6);
  const screen = `${width}x${height} at ${deviceScaleFactor}x`.padEnd(16);
  console.log(`${screen} a pan of ${what}: median ${at(0.5)} ms, 95 % ${at(0.95)} ms of script`);
  await page.close();
}
await browser.close();
server.close();
