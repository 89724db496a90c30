// A file in words.

import type { FileInfo } from 'gennape';

import { bytes } from './number';

/** Bytes of a text file that goes into the editor. */
export const SHORT_BYTES = 64 << 10;

/** Whether what was read from a file is a text that a person wrote: without control characters. */
export function isText(text: string): boolean {
  return !/[\0-\x08\x0e-\x1f]/.test(text);
}

/** What a file is, as far as that is known, and its size. */
export function fileFacts(size: number, info: FileInfo | null): string {
  return [info?.format, bytes(size)].filter((fact) => fact !== undefined).join(' · ');
}
