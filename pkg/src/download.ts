// Fetching bytes piece by piece, so that progress can be told.

import { GennapeError } from './errors.js';
import type { Progress } from './predictor.js';

/** All bytes at `address`; says what to check where it can't be had. */
export async function download(
  address: string,
  onProgress: (progress: Progress) => void,
): Promise<Uint8Array> {
  const response = await answered(address);
  const total = announcedLength(response);
  const pieces: Uint8Array[] = [];
  let loaded = 0;
  onProgress({ loaded, total });
  try {
    for (const reader = response.body!.getReader(); ; ) {
      const { done, value } = await reader.read();
      if (done) return joined(pieces, loaded);
      pieces.push(value);
      loaded += value.length;
      onProgress({ loaded, total });
    }
  } catch (thrown) {
    throw unreachable(address, `the connection broke after ${loaded} bytes (${reasonOf(thrown)})`);
  }
}

async function answered(address: string): Promise<Response> {
  let response: Response;
  try {
    response = await fetch(address);
  } catch (thrown) {
    throw unreachable(address, reasonOf(thrown));
  }
  if (!response.ok) throw unreachable(address, `the server answered ${response.status}`);
  return response;
}

/** A compressed body announces the length of what travels, not of what arrives. */
function announcedLength(response: Response): number | undefined {
  if (response.headers.get('content-encoding') !== null) return undefined;
  const length = Number(response.headers.get('content-length'));
  return length > 0 ? length : undefined;
}

function joined(pieces: Uint8Array[], length: number): Uint8Array {
  const bytes = new Uint8Array(length);
  let offset = 0;
  for (const piece of pieces) {
    bytes.set(piece, offset);
    offset += piece.length;
  }
  return bytes;
}

function unreachable(address: string, reason: string): GennapeError {
  const message = `can't fetch ${address}: ${reason}; check the address and the connection`;
  return new GennapeError({ kind: 'io', message });
}

function reasonOf(thrown: unknown): string {
  return thrown instanceof Error ? thrown.message : String(thrown);
}
