// The package's one error. Whatever fails, here or in the worker, reaches the caller as this.

import type { FileInfo } from './prediction.js';

/**
 * What went wrong, as a stable word to branch on. All but the last two are the Rust library's own;
 * `no-reader` never reaches a caller, for whom the reader is fetched:
 * `crashed` ends the predictor, whose other calls then reject with the same error; `closed` is a call
 * on a predictor after its `close()`.
 */
export type ErrorKind =
  | 'unknown-format'
  | 'no-reader'
  | 'syntax'
  | 'invalid-architecture'
  | 'too-large'
  | 'invalid-graph'
  | 'weights'
  | 'target'
  | 'record'
  | 'config'
  | 'io'
  | 'internal'
  | 'crashed'
  | 'closed';

/** An error's content as plain data, as it crosses from a worker. */
export interface ErrorFields {
  kind: ErrorKind;
  message: string;
  line?: number | undefined;
  column?: number | undefined;
  file?: FileInfo | undefined;
}

/**
 * Says what failed and, where the input is a text, the line and column (both from 1); where it is a
 * file whose format could be told, what the file is.
 */
export class GennapeError extends Error {
  override readonly name = 'GennapeError';
  readonly kind: ErrorKind;
  readonly line: number | undefined;
  readonly column: number | undefined;
  readonly file: FileInfo | undefined;

  constructor(fields: ErrorFields) {
    super(fields.message);
    this.kind = fields.kind;
    this.line = fields.line;
    this.column = fields.column;
    this.file = fields.file;
  }

  /** The content as plain data: what `JSON.stringify` and a worker's message carry. */
  toJSON(): ErrorFields {
    const { kind, message, line, column, file } = this;
    return { kind, message, line, column, file };
  }

  /**
   * Any thrown value as a `GennapeError`. The WASM module throws an `Error` of the same name and
   * fields; anything else is a fault of ours and becomes `internal`.
   */
  static from(thrown: unknown): GennapeError {
    if (thrown instanceof GennapeError) return thrown;
    if (isGennapeLike(thrown)) return new GennapeError(thrown);
    const message = `the predictor failed (${reasonOf(thrown)}); create a new one and report the input`;
    return new GennapeError({ kind: 'internal', message });
  }

  /** The same for what is thrown in the midst of a prediction: anything else is a trap. */
  static fromCall(thrown: unknown): GennapeError {
    if (thrown instanceof GennapeError || isGennapeLike(thrown)) return GennapeError.from(thrown);
    const message = `the predictor crashed (${reasonOf(thrown)}); create a new one and report the input`;
    return new GennapeError({ kind: 'crashed', message });
  }
}

function reasonOf(thrown: unknown): string {
  return thrown instanceof Error ? thrown.message : String(thrown);
}

/** True for errors that the WASM module raised on purpose; a trap has no such name. */
function isGennapeLike(thrown: unknown): thrown is Error & ErrorFields {
  return thrown instanceof Error && thrown.name === 'GennapeError' && 'kind' in thrown;
}
