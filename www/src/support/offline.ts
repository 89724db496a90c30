// Keeps the page for use without a connection, once it has all it needs itself.

import { effect } from '@preact/signals';

import { session } from '../state/session';

/** Starts the service worker when the model is there; without one, nothing is lost but the offline use. */
export function keepOffline(): void {
  if (import.meta.env.DEV || !('serviceWorker' in navigator)) return;
  let isAsked = false;
  effect(() => {
    if (session.value.phase !== 'ready' || isAsked) return;
    isAsked = true;
    navigator.serviceWorker.register(new URL('sw.js', document.baseURI)).catch(() => {
      // forbidden by the browser's settings: the page works as before
    });
  });
}
