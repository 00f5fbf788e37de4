/** One HTTP/1.1 GET over a connection of the pods' network, for probes and hooks; a reader of answers, no more. */
import type { HttpRequest } from '../thread/protocol.ts';
import type { ConnectionEnd } from './connection.ts';

export interface HttpAnswer {
  readonly statusCode: number;
  readonly body: string;
  /** The `location` of a redirect. */
  readonly location: string | undefined;
}

/** The kubelet reads so much of an answer (pkg/probe/http/http.go maxRespBodyLength). */
const BODY_LIMIT_BYTES = 10 << 10;
const HEAD_LIMIT_BYTES = 64 << 10;

export function requestText({ host, port, path, headers }: HttpRequest): string {
  const given = new Map(headers.map(([name, value]) => [name.toLowerCase(), [name, value] as const]));
  const lines = [`GET ${path.startsWith('/') ? path : `/${path}`} HTTP/1.1`];
  lines.push(`Host: ${given.get('host')?.[1] ?? `${host}:${port}`}`);
  // pkg/probe/http/request.go: an empty value means that the header is not sent.
  if (!given.has('user-agent')) lines.push('User-Agent: kube-probe/1.36');
  if (!given.has('accept')) lines.push('Accept: */*');
  for (const [name, value] of headers) {
    if (name.toLowerCase() !== 'host' && value !== '') lines.push(`${name}: ${value}`);
  }
  lines.push('Connection: close', '', '');
  return lines.join('\r\n');
}

type Parsed = { readonly answer: HttpAnswer } | { readonly malformed: string } | undefined;

/** Reads the answer out of what has come; undefined when more must come. */
function parse(bytes: Buffer, ended: boolean): Parsed {
  const headEnd = bytes.indexOf('\r\n\r\n');
  if (headEnd === -1) {
    if (bytes.length > HEAD_LIMIT_BYTES)
      return { malformed: 'net/http: HTTP/1.x transport connection broken' };
    if (!ended) return undefined;
    return { malformed: bytes.length === 0 ? 'EOF' : 'unexpected EOF' };
  }
  const [statusLine = '', ...headerLines] = bytes.toString('latin1', 0, headEnd).split('\r\n');
  const status = /^HTTP\/1\.[01] (\d{3})(?: |$)/.exec(statusLine);
  if (status === null) return { malformed: `malformed HTTP response "${statusLine.slice(0, 80)}"` };
  const headers = new Map<string, string>();
  for (const line of headerLines) {
    const colon = line.indexOf(':');
    if (colon > 0) headers.set(line.slice(0, colon).toLowerCase(), line.slice(colon + 1).trim());
  }
  const rest = bytes.subarray(headEnd + 4);
  const body = bodyOf(rest, headers, ended);
  if (body === undefined && rest.length < BODY_LIMIT_BYTES) return undefined;
  const text = (body ?? rest).subarray(0, BODY_LIMIT_BYTES).toString('utf8');
  return { answer: { statusCode: Number(status[1]), body: text, location: headers.get('location') } };
}

function bodyOf(rest: Buffer, headers: ReadonlyMap<string, string>, ended: boolean): Buffer | undefined {
  if (headers.get('transfer-encoding')?.toLowerCase() === 'chunked')
    return unchunk(rest) ?? (ended ? rest : undefined);
  const length = headers.get('content-length');
  if (length !== undefined && /^\d+$/.test(length)) {
    return rest.length >= Number(length) ? rest.subarray(0, Number(length)) : ended ? rest : undefined;
  }
  return ended ? rest : undefined;
}

/** Undefined while the last chunk is missing. */
function unchunk(bytes: Buffer): Buffer | undefined {
  const chunks: Buffer[] = [];
  for (let at = 0; ; ) {
    const lineEnd = bytes.indexOf('\r\n', at);
    if (lineEnd === -1) return undefined;
    const size = Number.parseInt(bytes.toString('latin1', at, lineEnd), 16);
    if (!(size >= 0)) return undefined;
    if (size === 0) return Buffer.concat(chunks);
    const start = lineEnd + 2;
    if (bytes.length < start + size + 2) return undefined;
    chunks.push(bytes.subarray(start, start + size));
    at = start + size + 2;
  }
}

/** Sends the request and calls `done` once, with the answer or with Go's words for what went wrong. */
export function exchange(
  end: ConnectionEnd,
  request: HttpRequest,
  done: (result: HttpAnswer | { readonly malformed: string }) => void,
): void {
  const chunks: Buffer[] = [];
  let held = 0;
  end.outgoing.write(Buffer.from(requestText(request)));
  const look = () => {
    for (;;) {
      const bytes = end.incoming.read(65_536);
      const ended = bytes === undefined;
      if (bytes !== undefined && bytes.length === 0) break;
      if (bytes !== undefined) {
        chunks.push(Buffer.from(bytes));
        held += bytes.length;
      }
      const parsed = parse(Buffer.concat(chunks, held), ended);
      if (parsed !== undefined) {
        done('answer' in parsed ? parsed.answer : parsed);
        return;
      }
      if (ended) return;
    }
    end.incoming.readable.add(look);
  };
  look();
}
