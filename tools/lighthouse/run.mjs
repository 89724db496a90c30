// node run.mjs: what Lighthouse says of the built page, on a phone and on a desktop, in the browser that
// CHROMIUM names. Fails below the floor in any of the three categories.

import { spawn } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import lighthouse, { desktopConfig } from 'lighthouse';

import { CHROMIUM } from '../../www/tests/chromium.mjs';
import { serve, SUB_PATH } from '../../www/tests/serve.mjs';

const FLOOR = 0.95;
const CATEGORIES = ['performance', 'accessibility', 'best-practices'];
const DEBUG_PORT = 9333;

/** Starts the browser and waits until it listens. */
async function start(profile) {
  const args = [...CHROMIUM.args, `--remote-debugging-port=${DEBUG_PORT}`, `--user-data-dir=${profile}`];
  const browser = spawn(CHROMIUM.executablePath, [...args, 'about:blank'], { stdio: 'ignore' });
  for (let tries = 0; tries < 100; tries++) {
    const isThere = await fetch(`http://127.0.0.1:${DEBUG_PORT}/json/version`).then(() => true, () => false);
    if (isThere) return browser;
    await new Promise((done) => setTimeout(done, 200));
  }
  browser.kill();
  throw new Error(`${CHROMIUM.executablePath} does not start`);
}

const server = await serve(0, undefined, { isCompressed: true });
const address = `http://127.0.0.1:${server.address().port}${SUB_PATH}`;
const profile = mkdtempSync(join(tmpdir(), 'gennape-lighthouse-'));
const browser = await start(profile);
let isBelow = false;
try {
  for (const [device, config] of [['phone', undefined], ['desktop', desktopConfig]]) {
    const options = { port: DEBUG_PORT, onlyCategories: CATEGORIES, logLevel: 'error' };
    const { lhr } = await lighthouse(address, options, config);
    for (const name of CATEGORIES) {
      const { score, auditRefs } = lhr.categories[name];
      console.log(`${device.padEnd(8)} ${name.padEnd(15)} ${Math.round(100 * score)}`);
      isBelow ||= score < FLOOR;
      const lost = auditRefs.filter(({ id, weight }) => weight > 0 && (lhr.audits[id].score ?? 1) < 0.9);
      for (const { id } of lost) console.log(`  ${id}: ${lhr.audits[id].displayValue ?? lhr.audits[id].title}`);
    }
    console.log(`${device.padEnd(8)} bytes           ${lhr.audits['total-byte-weight'].numericValue}`);
    // a quiet machine has 1000 and more; far below, the marks are the machine's
    console.log(`${device.padEnd(8)} machine's speed ${lhr.environment.benchmarkIndex}`);
  }
} finally {
  browser.kill();
  server.close();
  await new Promise((done) => setTimeout(done, 500));
  rmSync(profile, { recursive: true, force: true, maxRetries: 5 });
}
if (isBelow) {
  console.error(`error: below ${100 * FLOOR}; the lines under the category say where the points are lost`);
  process.exitCode = 1;
}
