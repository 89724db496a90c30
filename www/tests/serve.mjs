// A plain static host: the built site under a sub-path, as GitHub Pages serves it.
// `node tests/serve.mjs [port] [folder]`.

import { createReadStream, statSync } from 'node:fs';
import { createServer } from 'node:http';
import { extname, join, normalize } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { createGzip } from 'node:zlib';

/** The folder of the host that the site lies in. */
export const SUB_PATH = '/some/where/gennape/';

const DIST = fileURLToPath(new URL('../../dist', import.meta.url));

const TYPES = {
  '.css': 'text/css',
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript',
  '.json': 'application/json',
  '.png': 'image/png',
  '.svg': 'image/svg+xml',
  '.wasm': 'application/wasm',
  '.webmanifest': 'application/manifest+json',
};

/** What hosts compress on the way. */
const COMPRESSED = /\.(css|html|js|json|svg|wasm|webmanifest)$/;

/** Serves `folder` on `port` (0: any free one) of this machine; compressed where that is wished. */
export function serve(port = 0, folder = DIST, { isCompressed = false } = {}) {
  const server = createServer(({ url }, response) => {
    const file = fileOf(decodeURIComponent(new URL(url, 'http://host').pathname), folder);
    if (file === null) {
      response.writeHead(404).end('not found');
      return;
    }
    const type = TYPES[extname(file)] ?? 'application/octet-stream';
    if (isCompressed && COMPRESSED.test(file)) {
      response.writeHead(200, { 'content-type': type, 'content-encoding': 'gzip' });
      createReadStream(file).pipe(createGzip()).pipe(response);
      return;
    }
    response.writeHead(200, { 'content-type': type, 'content-length': statSync(file).size });
    createReadStream(file).pipe(response);
  });
  return new Promise((resolve) => {
    server.listen(port, '127.0.0.1', () => resolve(server));
  });
}

function fileOf(path, folder) {
  if (!path.startsWith(SUB_PATH)) return null;
  const inside = normalize(`/${path.slice(SUB_PATH.length)}`);
  const file = join(folder, inside.endsWith('/') ? `${inside}index.html` : inside);
  return statSync(file, { throwIfNoEntry: false })?.isFile() ? file : null;
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? '').href) {
  const [port = '4173', folder] = process.argv.slice(2);
  await serve(Number(port), folder);
  console.log(`http://127.0.0.1:${port}${SUB_PATH}`);
}
