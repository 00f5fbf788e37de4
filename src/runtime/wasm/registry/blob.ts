/** A blob's bytes from wherever they are left off. Follows containerd's docker/fetcher.go (open). */
import type { Descriptor } from '../images/digest.ts';
import type { HttpResponse } from './connection.ts';
import { NotFound, unexpectedStatus } from './registry-error.ts';
import type { Session } from './session.ts';

/** A blob on its way. `from`: where these bytes begin; 0 when the registry did not resume. */
export interface OpenBlob {
  readonly from: number;
  readonly bytes: AsyncIterable<Uint8Array>;
}

/** Asks one server after the other. @throws Error of the first, when none gives it. */
export async function openBlob(
  sessions: readonly Session[],
  descriptor: Descriptor,
  offset: number,
): Promise<OpenBlob> {
  let first: unknown;
  for (const session of sessions) {
    if (!session.endpoint.capabilities.has('pull')) continue;
    try {
      return await openFrom(session, descriptor, offset);
    } catch (error) {
      first ??= error;
    }
  }
  const { digest, mediaType } = descriptor;
  if (first instanceof NotFound)
    throw new NotFound(`could not fetch content descriptor ${digest} (${mediaType}) from remote: not found`, {
      cause: first,
    });
  throw first ?? new NotFound('no pull hosts: not found');
}

async function openFrom(
  session: Session,
  { digest, mediaType }: Descriptor,
  offset: number,
): Promise<OpenBlob> {
  const response = await session.request({
    method: 'GET',
    target: `/blobs/${digest}`,
    headers: { accept: `${mediaType}, */*`, ...(offset > 0 && { range: `bytes=${offset}-` }) },
  });
  if (response.status === 404) {
    response.discard();
    throw new NotFound(`content at ${response.url.href} not found: not found`);
  }
  // What lies here is longer than the blob: begin anew.
  if (response.status === 416 && offset > 0) {
    response.discard();
    return openFrom(session, { digest, mediaType, size: 0 }, 0);
  }
  if (response.status > 299) throw await unexpectedStatus(response);
  return { from: startOf(response, offset), bytes: response.body };
}

function startOf(response: HttpResponse, offset: number): number {
  const range = response.headers['content-range'];
  if (offset === 0 || range === undefined) return 0;
  if (range.startsWith(`bytes ${offset}-`)) return offset;
  response.discard();
  throw new Error(`unhandled content range in response: ${range}`);
}
