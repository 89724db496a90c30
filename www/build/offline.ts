// Writes the service worker once all files of the page are there: their hashes are its version.

import { createHash } from 'node:crypto';
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Plugin } from 'vite';

const SOURCE = new URL('service-worker.js', import.meta.url);

/** Files that the page never asks for. */
const NOT_KEPT = /(^|\/)(sw\.js|(nb101|transfer)\.safetensors|manifest\.json)$/;

/** A Vite plugin that puts `sw.js` beside the page's `index.html`. */
export function offline(): Plugin {
  let folder = '';
  return {
    name: 'offline',
    apply: 'build',
    configResolved: ({ root, build }) => {
      folder = join(root, build.outDir);
    },
    closeBundle: () => {
      const files = filesIn(folder).filter((path) => !NOT_KEPT.test(path));
      const hashed = files.map((path) => [path, `sha256-${hash(readFileSync(join(folder, path)), 'base64')}`]);
      const list = JSON.stringify(hashed);
      const code = readFileSync(SOURCE, 'utf8');
      const version = hash(code + list, 'hex').slice(0, 12);
      const written = code.replace('VERSION;', `'${version}';`).replace('FILES.map', `${list}.map`);
      writeFileSync(join(folder, 'sw.js'), written);
    },
  };
}

function filesIn(folder: string): string[] {
  const entries = readdirSync(folder, { recursive: true, withFileTypes: true });
  return entries
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name).slice(folder.length).replace(/^[/\\]/, ''))
    .map((path) => path.replaceAll('\\', '/'))
    .sort();
}

function hash(content: string | Buffer, encoding: 'hex' | 'base64'): string {
  return createHash('sha256').update(content).digest(encoding);
}
