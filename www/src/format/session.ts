// The model's state in words.

import type { Progress } from 'gennape';

import type { Session } from '../state/session';
import { bytes } from './number';

/** What the model is doing. */
export function modelText(session: Session): string {
  switch (session.phase) {
    case 'loading':
      return 'Loading the model';
    case 'ready':
      return session.info.trained ? 'Model ready' : 'Untrained model';
    case 'failed':
      return 'No model';
  }
}

/** How many bytes of it are here. */
export function downloadText(session: Session): string {
  switch (session.phase) {
    case 'loading':
      return progressText(session);
    case 'ready':
      return bytes(session.info.bytes);
    case 'failed':
      return '';
  }
}

/** Bytes that are here, and of how many where that is known. */
export function progressText({ loaded, total }: Progress): string {
  return total === undefined ? bytes(loaded) : `${bytes(loaded)} of ${bytes(total)}`;
}

/** What is done while an answer is under way; what reads some files is fetched before. */
export function readingText(readers: Progress | null): string {
  return readers !== null ? `Fetching what reads such files: ${progressText(readers)}` : 'Reading';
}
