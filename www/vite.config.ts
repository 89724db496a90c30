// Builds the page into ../dist, for any folder of any static host.

import { fileURLToPath } from 'node:url';
import { defineConfig, type Plugin } from 'vite';

import { offline } from './build/offline';

/**
 * The package falls back to weights beside itself. The page always names its own, in public/, so
 * the packaged copy is not taken along.
 */
const withoutPackagedWeights: Plugin = {
  name: 'without-packaged-weights',
  enforce: 'post',
  generateBundle(_options, bundle) {
    for (const name of Object.keys(bundle)) {
      if (name.endsWith('.safetensors')) delete bundle[name];
    }
  },
};

export default defineConfig({
  base: './',
  plugins: [withoutPackagedWeights, offline()],
  resolve: {
    alias: { gennape: fileURLToPath(new URL('../pkg/src/index.ts', import.meta.url)) },
  },
  server: { fs: { allow: ['..'] } },
  worker: { format: 'es' },
  build: {
    outDir: '../dist',
    emptyOutDir: true,
    // The oldest browsers with WASM SIMD; src/support/features.ts tells older ones.
    target: ['chrome91', 'firefox114', 'safari16.4'],
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    reportCompressedSize: true,
  },
});
