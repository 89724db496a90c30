// node tools/serve.mjs DIR: serves a folder of static files. PORT chooses the port (8080; 0: any),
// BASE a path under which the folder appears (/), as on a static host's project pages.

import { createReadStream } from 'node:fs';
import { stat } from 'node:fs/promises';
import { createServer } from 'node:http';
import { extname, join, resolve, sep } from 'node:path';

const types = {
  '.css': 'text/css; charset=utf-8',
  '.html': 'text/html; charset=utf-8',
  '.ico': 'image/x-icon',
  '.js': 'text/javascript; charset=utf-8',
  '.json': 'application/json; charset=utf-8',
  '.map': 'application/json; charset=utf-8',
  '.mjs': 'text/javascript; charset=utf-8',
  '.png': 'image/png',
  '.svg': 'image/svg+xml',
  '.txt': 'text/plain; charset=utf-8',
  '.wasm': 'application/wasm',
  '.webmanifest': 'application/manifest+json',
  '.woff2': 'font/woff2',
};

const root = resolve(process.argv[2] ?? 'dist');
const port = Number(process.env.PORT ?? 8080);
const base = `/${process.env.BASE ?? ''}/`.replace(/\/+/g, '/');

/** The file that a request's path names; undefined where it names none of ours. */
async function fileAt(path) {
  if (!path.startsWith(base)) return undefined;
  const file = resolve(root, `./${path.slice(base.length)}`);
  if (file !== root && !file.startsWith(root + sep)) return undefined;
  const found = await stat(file).catch(() => undefined);
  if (found?.isDirectory()) return path.endsWith('/') ? fileAt(`${path}index.html`) : undefined;
  return found && { file, size: found.size };
}

/** The path of a request's address, decoded; undefined where it can't be. */
function pathOf(address) {
  try {
    return decodeURIComponent(new URL(address, 'http://localhost').pathname).replaceAll('\0', '');
  } catch {
    return undefined;
  }
}

async function answer(request, response) {
  const path = pathOf(request.url);
  if (path !== undefined && `${path}/` === base) {
    response.writeHead(301, { Location: base }).end();
    return;
  }
  const found = path === undefined ? undefined : await fileAt(path);
  if (found === undefined || !['GET', 'HEAD'].includes(request.method)) {
    response.writeHead(404, { 'Content-Type': 'text/plain; charset=utf-8' }).end('not found\n');
    return;
  }
  response.writeHead(200, {
    'Content-Type': types[extname(found.file)] ?? 'application/octet-stream',
    'Content-Length': found.size,
    'Cache-Control': 'no-cache',
  });
  if (request.method === 'HEAD') response.end();
  else createReadStream(found.file).on('error', () => response.destroy()).pipe(response);
}

const server = createServer((request, response) => void answer(request, response));
server.on('error', (error) => {
  const taken = error.code === 'EADDRINUSE';
  console.error(
    taken ? `error: port ${port} is taken; choose another: PORT=8081 ./build.sh serve` : `error: ${error.message}`,
  );
  process.exit(1);
});
server.listen(port, 'localhost', () => {
  console.log(`serving ${root} on http://localhost:${server.address().port}${base}  (Ctrl-C ends it)`);
});
