// node tools/sizes.mjs FILE...: the sizes that matter to a reader: as it is, and as servers send it.

import { readFileSync } from 'node:fs';
import { brotliCompressSync, gzipSync } from 'node:zlib';

const kilobytes = (bytes) => `${(bytes.length / 1000).toFixed(0)} kB`;

for (const file of process.argv.slice(2)) {
  const bytes = readFileSync(file);
  const gzip = kilobytes(gzipSync(bytes, { level: 9 }));
  const brotli = kilobytes(brotliCompressSync(bytes));
  console.log(`${file}: raw ${kilobytes(bytes)}, gzip -9 ${gzip}, brotli ${brotli}`);
}
