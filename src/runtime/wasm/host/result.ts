/** How host functions answer a guest with an error: jco turns `payload` into the `err` of a WIT result. */

/** Error codes of `wasi:filesystem/types`. */
export type FileErrorCode =
  | 'access'
  | 'bad-descriptor'
  | 'busy'
  | 'cross-device'
  | 'exist'
  | 'file-too-large'
  | 'insufficient-memory'
  | 'insufficient-space'
  | 'invalid'
  | 'io'
  | 'is-directory'
  | 'loop'
  | 'name-too-long'
  | 'no-entry'
  | 'not-directory'
  | 'not-empty'
  | 'not-permitted'
  | 'pipe'
  | 'read-only'
  | 'unsupported'
  | 'would-block';

/** Error codes of `wasi:sockets/network`. */
export type SocketErrorCode =
  | 'access-denied'
  | 'address-in-use'
  | 'address-not-bindable'
  | 'concurrency-conflict'
  | 'connection-refused'
  | 'connection-reset'
  | 'datagram-too-large'
  | 'invalid-argument'
  | 'invalid-state'
  | 'name-unresolvable'
  | 'new-socket-limit'
  | 'not-in-progress'
  | 'not-supported'
  | 'remote-unreachable'
  | 'temporary-resolver-failure'
  | 'timeout'
  | 'unknown'
  | 'would-block';

/** A WIT `result`'s error on its way to the guest. */
export class ResultError<Payload> extends Error {
  readonly payload: Payload;
  constructor(payload: Payload) {
    super(typeof payload === 'string' ? payload : 'WASI error');
    this.payload = payload;
  }
}

/** Ends a file operation with a WASI error code. */
export class FileError extends ResultError<FileErrorCode> {}

/** Ends a socket operation with a WASI error code. */
export class SocketError extends ResultError<SocketErrorCode> {}

/** Unwinds a guest whose process has ended (exit, kill, out of memory); the outcome is noted in the process. */
export class ProcessEnded extends Error {
  override name = 'ProcessEnded';
}

const NODE_CODES: Readonly<Record<string, FileErrorCode>> = {
  EACCES: 'access',
  EBADF: 'bad-descriptor',
  EBUSY: 'busy',
  EDQUOT: 'insufficient-space',
  EEXIST: 'exist',
  EFBIG: 'file-too-large',
  EINVAL: 'invalid',
  EISDIR: 'is-directory',
  ELOOP: 'loop',
  ENAMETOOLONG: 'name-too-long',
  ENOENT: 'no-entry',
  ENOSPC: 'insufficient-space',
  ENOTDIR: 'not-directory',
  ENOTEMPTY: 'not-empty',
  EPERM: 'not-permitted',
  EROFS: 'read-only',
  EXDEV: 'cross-device',
};

/** Does host file I/O and turns Node's error codes into WASI's. */
export function hostIo<T>(operation: () => T): T {
  try {
    return operation();
  } catch (cause) {
    if (cause instanceof ResultError) throw cause;
    const code = cause instanceof Error && 'code' in cause ? String(cause.code) : '';
    throw new FileError(NODE_CODES[code] ?? 'io');
  }
}
