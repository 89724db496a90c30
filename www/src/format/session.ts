// The model's state in words.

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
    case 'loading': {
      const { loaded, total } = session;
      return total === undefined ? bytes(loaded) : `${bytes(loaded)} of ${bytes(total)}`;
    }
    case 'ready':
      return bytes(session.info.bytes);
    case 'failed':
      return '';
  }
}
