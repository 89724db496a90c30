// A headless Chromium on a folder that is served to it.

import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';

import { chromium } from 'playwright-core';

const server = fileURLToPath(new URL('../../tools/serve.mjs', import.meta.url));

/** A page and the address under which it sees `folder`; `close` ends browser and server. */
export async function browse(folder) {
  const serving = spawn('node', [server, folder], {
    env: { ...process.env, PORT: '0' },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  process.on('exit', () => serving.kill());
  const [line] = await once(serving.stdout.setEncoding('utf8'), 'data');
  const address = /http:\S+/.exec(line)[0];
  const browser = await chromium.launch({
    executablePath: process.env.CHROMIUM ?? '/usr/bin/chromium',
    args: ['--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run'],
  });
  const page = await browser.newPage();
  const close = async () => {
    await browser.close();
    serving.kill();
  };
  return { page, address, close };
}
