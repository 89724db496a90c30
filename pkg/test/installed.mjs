// The package as a user has it: packed, and installed into an empty folder.

import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const source = fileURLToPath(new URL('..', import.meta.url));

/** What the native program predicts with the package's weights. */
export const golden = JSON.parse(
  readFileSync(new URL('../../tests/golden/predictions.json', import.meta.url), 'utf8'),
);

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
