// Without a connection: the page as it was kept, predictions included; updates whole or not at all.

import { createHash } from 'node:crypto';
import { cpSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Page } from '@playwright/test';

import { serve, SUB_PATH } from './serve.mjs';
import { accuracy, editor, expect, golden, number, open, openTab, problem, TABS, test } from './site';

test.use({ serviceWorkers: 'allow' });

const DIST = fileURLToPath(new URL('../../dist', import.meta.url));

const digest = (text: string) => createHash('sha256').update(text).digest('base64');

/** Waits until a service worker has all files and serves the page. */
const kept = (page: Page) =>
  page.evaluate(async () => {
    await navigator.serviceWorker.ready;
    while (navigator.serviceWorker.controller === null) await new Promise((done) => setTimeout(done, 50));
  });

test('a reload without a connection brings everything, and predicts', async ({ page, context }) => {
  await open(page);
  await kept(page);
  await context.setOffline(true);
  await page.reload();
  await expect(number(page)).toHaveAttribute('data-accuracy', /./);
  const [{ text, accuracy: native }] = golden<{ text: string; accuracy: number }>('predictions') as [never];
  await editor(page).fill(text);
  await expect(problem(page)).toHaveCount(0);
  await expect.poll(() => accuracy(page)).toBeCloseTo(native, 5);
  for (const { title } of TABS) await openTab(page, title);
  await page.goto('./#tab=model');
  await page.reload();
  await expect(page.getByRole('heading', { name: 'What stands behind the number' })).toBeVisible();
});

test('weights come from what is kept: a second visit asks the server for nothing', async ({ page, context }) => {
  await open(page);
  await kept(page);
  const asked: string[] = [];
  context.on('request', (request) => {
    if (request.serviceWorker() !== null) asked.push(request.url());
  });
  await page.reload();
  await expect(number(page)).toHaveAttribute('data-accuracy', /./);
  expect(asked.filter((url) => !url.endsWith('/sw.js'))).toEqual([]);
});

test.describe('a host with its own copy of the page', () => {
  const folder = join(tmpdir(), `gennape-page-${process.pid}`);
  test.afterAll(() => rmSync(folder, { recursive: true, force: true }));
  test.use({ expectedComplaints: /asked for http:..127/ });

  /** Publishes another version: one word of the page differs, and so does its version. */
  function publish(word: string, isWhole: boolean): void {
    const page = readFileSync(join(DIST, 'index.html'), 'utf8').replace('<title>gennape', `<title>${word} gennape`);
    writeFileSync(join(folder, 'index.html'), page);
    const worker = readFileSync(join(DIST, 'sw.js'), 'utf8').replace(/KEPT \+ '/, `KEPT + '${word}`);
    const changed = isWhole ? worker.replace(/(\["index.html","sha256-)[^"]*/, `$1${digest(page)}`) : worker;
    writeFileSync(join(folder, 'sw.js'), changed);
  }

  const update = (page: Page) =>
    page.evaluate(async () => {
      const registration = (await navigator.serviceWorker.getRegistration())!;
      await registration.update().catch(() => {});
      const coming = registration.installing;
      if (coming === null) return;
      await new Promise<void>((done) => {
        coming.addEventListener('statechange', () => {
          if (['installed', 'redundant'].includes(coming.state)) done();
        });
      });
    });

  test('an update that does not fit together is refused, a whole one comes with the next visit', async ({ context, page }) => {
    cpSync(DIST, folder, { recursive: true });
    const server = await serve(0, folder);
    const address = `http://127.0.0.1:${(server.address() as AddressInfo).port}${SUB_PATH}`;
    await page.goto(address);
    await expect(number(page)).toHaveAttribute('data-accuracy', /./);
    await kept(page);

    publish('broken', false);
    await update(page);
    await page.reload();
    await expect(page).toHaveTitle(/^gennape/);
    await expect(number(page)).toHaveAttribute('data-accuracy', /./);

    publish('newer', true);
    await update(page);
    await page.reload();
    await expect(page).toHaveTitle(/^gennape/);
    await page.close();
    await expect(async () => {
      const next = await context.newPage();
      await next.goto(address);
      const title = await next.title();
      if (!title.startsWith('newer')) await next.close(); // the old one still serves
      expect(title).toMatch(/^newer gennape/);
    }).toPass();
    const next = context.pages().at(-1)!;
    await expect(number(next)).toHaveAttribute('data-accuracy', /./);
    expect(await next.evaluate(() => globalThis.caches.keys())).toHaveLength(1);
    server.close();
  });
});
