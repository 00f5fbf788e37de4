/** The one table of errors that people can meet: a code, an exit code, and a cause that is kept. */

/** Exit codes: 1 the thing asked for did not happen, 2 bad usage or bad input. */
const CODES = {
  BAD_USAGE: 2,
  BAD_MANIFEST: 2,
  BAD_RECORDING: 2,
  FILE_UNREADABLE: 2,
  NOT_SUPPORTED: 2,
  CONDITION_NOT_MET: 1,
  OBJECT_NOT_FOUND: 1,
  NODE_IN_USE: 1,
  RUNTIME_UNAVAILABLE: 1,
  RUNTIME_FAILED: 1,
  STORE_CORRUPT: 1,
} as const satisfies Record<string, 1 | 2>;

export type ErrorCode = keyof typeof CODES;

/** A sentence, or the key of one in the messages with its values. */
export type Advice =
  | string
  | { readonly key: string; readonly values?: Readonly<Record<string, string | number>> };

/** An expected failure on its way to a person: what happened, where, and what to do. */
export class PodstepError extends Error {
  override name = 'PodstepError';
  readonly code: ErrorCode;
  /** What the reader can do about it, one sentence; told in their language where it can be. */
  readonly advice: Advice | undefined;

  constructor(code: ErrorCode, message: string, options: { advice?: Advice; cause?: unknown } = {}) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause });
    this.code = code;
    this.advice = options.advice;
  }

  get exitCode(): 1 | 2 {
    return CODES[this.code];
  }
}
