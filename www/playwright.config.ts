// The built site (../dist) under a sub-path, in Debian's Chromium. `npm run build` comes before.

import { defineConfig, devices } from '@playwright/test';

import { CHROMIUM } from './tests/chromium.mjs';
import { SUB_PATH } from './tests/serve.mjs';

const PORT = Number(process.env.PORT ?? 4173);

export default defineConfig({
  testDir: 'tests',
  outputDir: '../test-results',
  workers: 2,
  reporter: 'list',
  timeout: 30_000,
  expect: { timeout: 15_000 },
  use: {
    ...devices['Desktop Chrome'],
    baseURL: `http://127.0.0.1:${PORT}${SUB_PATH}`,
    launchOptions: CHROMIUM,
    serviceWorkers: 'block', // offline.spec.ts lets them in
  },
  webServer: {
    command: `node tests/serve.mjs ${PORT}`,
    port: PORT,
  },
});
