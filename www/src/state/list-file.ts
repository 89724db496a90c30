// A dropped list as a text, unpacked where it is packed.

import { GennapeError } from 'gennape';

/** Bytes of a list; 100,000 networks of the largest families take less. */
const MAX_BYTES = 256 << 20;

/** The text in a file. */
export async function readList(file: File): Promise<string> {
  const head = new Uint8Array(await file.slice(0, 2).arrayBuffer());
  const isPacked = head[0] === 0x1f && head[1] === 0x8b;
  const stream = isPacked
    ? file.stream().pipeThrough(new DecompressionStream('gzip'))
    : file.stream();
  try {
    return await textOf(stream);
  } catch (thrown) {
    if (thrown instanceof GennapeError) throw thrown;
    const expected = 'expected lines of text, JSON Lines or CSV, packed by gzip or not';
    throw new GennapeError({ kind: 'io', message: `can't read ${file.name}; ${expected}` });
  }
}

async function textOf(stream: ReadableStream<Uint8Array>): Promise<string> {
  const decoder = new TextDecoder('utf-8', { fatal: true });
  const pieces: string[] = [];
  let bytes = 0;
  for (const reader = stream.getReader(); ; ) {
    const { done, value } = await reader.read();
    if (done) return pieces.join('') + decoder.decode();
    bytes += value.length;
    if (bytes > MAX_BYTES) {
      await reader.cancel();
      const message = `a list of more than ${MAX_BYTES >> 20} MB; cut it into parts`;
      throw new GennapeError({ kind: 'too-large', message });
    }
    pieces.push(decoder.decode(value, { stream: true }));
  }
}
