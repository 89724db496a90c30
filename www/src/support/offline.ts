// Keeps the page for use without a connection, once it has all it needs itself.

import { effect } from '@preact/signals';

import { session } from '../state/session';

/** The longest wait for a moment in which nothing else is to do. */
const IDLE_TIMEOUT_MS = 5000;

/**
 * Starts the service worker when the model is there and at rest; without one, nothing is lost but the
 * offline use.
 */
export function keepOffline(): void {
  if (import.meta.env.DEV || !('serviceWorker' in navigator)) return;
  let isAsked = false;
  effect(() => {
    if (session.value.phase !== 'ready' || isAsked) return;
    isAsked = true;
    whenIdle(() => {
      navigator.serviceWorker.register(new URL('sw.js', document.baseURI)).catch(() => {
        // forbidden by the browser's settings: the page works as before
      });
    });
  });
}

/** Safari has no idle moments to tell of: a second will do. */
function whenIdle(act: () => void): void {
  if ('requestIdleCallback' in globalThis) requestIdleCallback(act, { timeout: IDLE_TIMEOUT_MS });
  else setTimeout(act, 1000);
}
