// How far a long task is, in words.

import { grouped } from './number';

/** A task's progress. */
export interface Progress {
  done: number;
  total: number;
  /** Milliseconds since it began. */
  elapsed: number;
}

/** The first moments say nothing of the rate. */
const SURE_FROM_MS = 400;

/** `1,200 of 100,000`. */
export function doneText({ done, total }: Progress): string {
  return `${grouped(done)} of ${grouped(total)}`;
}

/** `1,850 a second`, once that is known. */
export function rateText({ done, elapsed }: Progress): string {
  if (elapsed < SURE_FROM_MS || done === 0) return '';
  const rate = (done * 1000) / elapsed;
  return `${rate < 10 ? rate.toFixed(1) : grouped(rate)} a second`;
}

/** `2 min 10 s left`, once that is known. */
export function leftText({ done, total, elapsed }: Progress): string {
  if (elapsed < SURE_FROM_MS || done === 0) return '';
  return `${durationText(((total - done) * elapsed) / done)} left`;
}

/** Milliseconds in minutes and seconds. */
export function durationText(milliseconds: number): string {
  const seconds = Math.ceil(milliseconds / 1000);
  if (seconds < 60) return `${seconds} s`;
  const minutes = Math.floor(seconds / 60);
  if (minutes < 60) return `${minutes} min ${seconds % 60} s`;
  return `${Math.floor(minutes / 60)} h ${minutes % 60} min`;
}
