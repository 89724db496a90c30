// The layout worker seen from the page: started when a graph is first looked at, one request at a
// time. Of those that come meanwhile only the newest is done; work that takes long is broken off.

import type { Drawing, LayoutRequest } from './layout';

/** From here on a newer request does not wait for an older one. */
const PATIENCE_MS = 1_000;

interface Job {
  request: LayoutRequest;
  begin: number;
  settle: (drawing: Drawing | null) => void;
}

let worker: Worker | null = null;
let running: Job | null = null;
let next: Job | null = null;

/** Lays a graph out; null where a newer request came in between, or the worker could not do it. */
export function laidOut(request: LayoutRequest): Promise<Drawing | null> {
  return new Promise((settle) => {
    next?.settle(null);
    next = { request, begin: 0, settle };
    if (running !== null && performance.now() - running.begin > PATIENCE_MS) stop();
    startNext();
  });
}

function startNext(): void {
  if (running !== null || next === null) return;
  [running, next] = [next, null];
  running.begin = performance.now();
  worker ??= started();
  worker.postMessage(running.request);
}

function started(): Worker {
  const fresh = new Worker(new URL('./layout-worker.ts', import.meta.url), { type: 'module' });
  fresh.onmessage = ({ data }: MessageEvent<Drawing>) => finish(data);
  fresh.onerror = () => {
    worker = null;
    finish(null);
  };
  return fresh;
}

function finish(drawing: Drawing | null): void {
  const done = running;
  running = null;
  done?.settle(drawing);
  startNext();
}

/** Breaks off what is under way. */
function stop(): void {
  worker?.terminate();
  worker = null;
  running?.settle(null);
  running = null;
}
