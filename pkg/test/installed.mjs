// The package as a user has it: packed, and installed into an empty folder.

import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { gunzipSync } from 'node:zlib';

const source = fileURLToPath(new URL('..', import.meta.url));

/** What the native program predicts with the package's weights. */
export const golden = JSON.parse(
  readFileSync(new URL('../../tests/golden/predictions.json', import.meta.url), 'utf8'),
);

/** What it predicts of files, with their bytes. */
export const goldenFiles = JSON.parse(
  readFileSync(new URL('../../tests/golden/files.json', import.meta.url), 'utf8'),
).map((golden) => {
  const path = fileURLToPath(new URL(`../../tests/${golden.file}`, import.meta.url));
  const stored = readFileSync(path);
  const bytes = new Uint8Array(path.endsWith('.gz') ? gunzipSync(stored) : stored);
  return { ...golden, path, name: basename(path, '.gz'), bytes };
});

/** A new folder with gennape in its node_modules; removed by `remove`. */
export function installed() {
  const folder = mkdtempSync(join(tmpdir(), 'gennape-'));
  const npm = (...args) => execFileSync('npm', [...args, '--loglevel=error'], { cwd: folder });
  const [packed] = JSON.parse(npm('pack', source, '--json'));
  writeFileSync(join(folder, 'package.json'), '{ "type": "module", "private": true }\n');
  npm('install', '--offline', '--no-audit', '--no-fund', join(folder, packed.filename));
  return {
    folder,
    files: packed.files.map(({ path }) => path),
    remove: () => rmSync(folder, { recursive: true, force: true }),
  };
}
