/** A registry's refusals in containerd's words, and how its answers are read within bounds. */
import type { HttpResponse } from './connection.ts';

/** The registry knows nothing of it. */
export class NotFound extends Error {
  override name = 'NotFound';
}

/** The registry does not give it to this user. containerd: docker.ErrInvalidAuthorization. */
export class AccessDenied extends Error {
  override name = 'AccessDenied';
}

/** A denied pull or push as containerd tells it; any other error as it is. containerd: docker/resolver.go, pusher.go. */
export function retoldDenial(action: 'pull' | 'push', thrown: unknown): Error {
  const error = thrown instanceof Error ? thrown : new Error(String(thrown));
  if (!(error instanceof AccessDenied)) return error;
  const message = `${action} access denied, repository does not exist or may require authorization: ${error.message}`;
  return new AccessDenied(message, { cause: error });
}

/** containerd: remotes/errors/errors.go ErrUnexpectedStatus. */
export class UnexpectedStatus extends Error {
  override name = 'UnexpectedStatus';
  readonly status: number;
  constructor(status: number, message: string) {
    super(message);
    this.status = status;
  }
}

/** What a registry says of itself in an error is not longer. */
const ERROR_BYTES = 64_000;

/** The whole body. @throws Error when it is longer than `limitBytes`. */
export async function readBytes(response: HttpResponse, limitBytes: number): Promise<Uint8Array> {
  const parts: Uint8Array[] = [];
  let bytes = 0;
  for await (const part of response.body) {
    bytes += part.length;
    if (bytes > limitBytes)
      throw new Error(`the answer of ${response.url.host} is longer than ${limitBytes} bytes`);
    parts.push(part);
  }
  return Buffer.concat(parts);
}

/** The body as a JSON object. @throws Error */
export async function readJson<T extends object>(response: HttpResponse, limitBytes: number): Promise<T> {
  return asObject<T>(await readBytes(response, limitBytes));
}

/** A JSON object; its fields are still to be checked. @throws Error */
export function asObject<T extends object>(bytes: Uint8Array): T {
  const value: unknown = JSON.parse(new TextDecoder().decode(bytes));
  if (typeof value !== 'object' || value === null || Array.isArray(value))
    throw new Error('it is no JSON object');
  return value as T;
}

interface RegistryErrors {
  readonly errors?: readonly { readonly code?: unknown; readonly message?: unknown }[];
}

/** What the registry itself says (distribution-spec: errors), with its code in small letters; empty when it says nothing. */
async function serverMessage(response: HttpResponse): Promise<string> {
  try {
    const { errors } = await readJson<RegistryErrors>(response, ERROR_BYTES);
    if (!Array.isArray(errors)) return '';
    const texts = errors.slice(0, 4).map(({ code, message }) => {
      const name = String(code ?? 'unknown')
        .toLowerCase()
        .replaceAll('_', ' ');
      return message ? `${name}: ${String(message)}` : name;
    });
    return texts.join(', ').slice(0, 1_000);
  } catch {
    // Not the errors of the specification, or cut off: the status line says enough.
    return '';
  }
}

/** The answer as an error; its body is read. */
export async function unexpectedStatus(response: HttpResponse): Promise<UnexpectedStatus> {
  const { method, url, statusLine, status } = response;
  const said = await serverMessage(response);
  const message = `unexpected status from ${method} request to ${url.href}: ${statusLine}`;
  return new UnexpectedStatus(status, said === '' ? message : `${message}: ${said}`);
}
