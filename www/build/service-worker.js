// Keeps the page for use without a connection. The build puts the version and the files with their
// hashes in place of the two names in capitals; nothing else is ever kept.
//
// An update is whole or nothing: every file is checked against its hash before the new version counts,
// and the old one serves until the last page of it is closed.

const KEPT = `gennape ${registration.scope} `;
const CACHE = KEPT + VERSION;

/** What one file is asked for as; the browser's own copy will do where its hash is right. */
async function fetched([path, integrity]) {
  const address = new URL(path, registration.scope).href;
  for (const cache of ['default', 'reload']) {
    try {
      const response = await fetch(address, { cache, integrity });
      if (response.ok) return [address, response];
    } catch {
      // an old copy, or no connection
    }
  }
  throw new Error(`${address} is not there, or not of this version`);
}

async function install() {
  const responses = await Promise.all(FILES.map(fetched));
  const cache = await caches.open(CACHE);
  await Promise.all(responses.map(([address, response]) => cache.put(address, response)));
}

async function activate() {
  const names = await caches.keys();
  const old = names.filter((name) => name.startsWith(KEPT) && name !== CACHE);
  await Promise.all(old.map((name) => caches.delete(name)));
  await clients.claim();
}

async function answer(request) {
  const address = request.mode === 'navigate' ? registration.scope : request.url;
  const path = address === registration.scope ? new URL('index.html', address).href : address;
  const cache = await caches.open(CACHE);
  return (await cache.match(path)) ?? fetch(request);
}

addEventListener('install', (event) => event.waitUntil(install()));
addEventListener('activate', (event) => event.waitUntil(activate()));
addEventListener('fetch', (event) => {
  const { method, url, mode } = event.request;
  if (method !== 'GET' || !url.startsWith(registration.scope)) return;
  const path = url.split(/[?#]/)[0];
  const isPage = mode === 'navigate' && [registration.scope, `${registration.scope}index.html`].includes(path);
  if (isPage || mode !== 'navigate') event.respondWith(answer(event.request));
});
