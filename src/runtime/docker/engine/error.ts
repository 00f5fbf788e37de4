/** What the Engine says when a call fails, as an error of the port with the Engine's own message. */
import { RuntimeError, type RuntimeErrorCode } from '../../port.ts';

/** An answer of the Engine that is none of success. */
export class EngineError extends RuntimeError {
  override name = 'EngineError';
  /** The HTTP status; 0 for an error inside a stream that had begun well. */
  readonly status: number;

  constructor(status: number, message: string, options: { reason?: string; cause?: unknown } = {}) {
    super(codeOf(status, message), message, options);
    this.status = status;
  }
}

/** 409 is two things: a name that is taken, and a container that is not in the state for what was asked. */
function codeOf(status: number, message: string): RuntimeErrorCode {
  switch (status) {
    case 400:
      return 'InvalidArgument';
    case 404:
      return 'NotFound';
    case 409:
      return /already in use|already exists/i.test(message) ? 'AlreadyExists' : 'FailedPrecondition';
    case 501:
      return 'Unimplemented';
    case 503:
      return 'Unavailable';
    default:
      return 'Unknown';
  }
}

/** The message in an error's body: `{"message": ...}`, or the text as it is (proxies in between answer so). */
export function messageOf(status: number, body: string): string {
  try {
    const parsed: unknown = JSON.parse(body);
    if (typeof parsed === 'object' && parsed !== null && 'message' in parsed) return String(parsed.message);
  } catch (error) {
    if (!(error instanceof SyntaxError)) throw error;
  }
  return body.trim() || `the Engine answered ${status} without a word`;
}

/** True for a failure of the Engine with this status. */
export function hasStatus(error: unknown, status: number): error is EngineError {
  return error instanceof EngineError && error.status === status;
}

/** The words of Docker's own client for a daemon that is not there. */
export function unreachable(address: string, cause: unknown): RuntimeError {
  const why = cause instanceof Error ? cause.message : String(cause);
  const text = `Cannot connect to the Docker daemon at ${address}. Is the docker daemon running? (${why})`;
  return new RuntimeError('Unavailable', text, { cause });
}
