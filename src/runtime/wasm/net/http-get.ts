/** One HTTP/1.1 GET over a connection of the pods' network, for probes and hooks. */
import type { HttpRequest } from '../thread/protocol.ts';
import type { ConnectionEnd } from './connection.ts';
import { IncomingBytes } from './http1/body.ts';
import {
  isFieldValue,
  MalformedMessage,
  MessageInput,
  type ResponseHead,
  readResponseHead,
  responseFraming,
} from './http1/message.ts';
import { escaped } from './redirect.ts';

/** What a server answered. */
export interface HttpAnswer {
  readonly statusCode: number;
  readonly body: string;
  /** The `location` of a redirect. */
  readonly location: string | undefined;
}

/** The kubelet reads so much of an answer (pkg/probe/http/http.go maxRespBodyLength). */
const BODY_LIMIT_BYTES = 10 << 10;

/** The request as the kubelet sends it: the probe's own fields, and those that it adds. */
export function requestText({ host, port, path, headers }: HttpRequest): string {
  const given = new Map(headers.map(([name, value]) => [name.toLowerCase(), [name, value] as const]));
  const lines = [`GET ${targetOf(path)} HTTP/1.1`];
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

/** As Go's URL writes it: whatever a manifest has for a path stays one word of one line. */
function targetOf(path: string): string {
  const bytes = Buffer.from(path.startsWith('/') ? path : `/${path}`).toString('latin1');
  const query = bytes.indexOf('?');
  if (query === -1) return escaped(bytes);
  return `${escaped(bytes.slice(0, query))}?${bytes.slice(query + 1).replace(/[^!-~]/g, escaped)}`;
}

/** Why Go sends no such request (net/http transport.go, request.go); undefined for one that it sends. */
export function unsendable({ headers }: HttpRequest): string | undefined {
  const [name] = headers.find(([, value]) => !isFieldValue(value)) ?? [];
  if (name === undefined) return undefined;
  return name.toLowerCase() === 'host'
    ? 'http: invalid Host header'
    : `net/http: invalid header field value for ${JSON.stringify(name)}`;
}

/** Sends the request and calls `done` once, with the answer or with Go's words for what went wrong. */
export function exchange(
  end: ConnectionEnd,
  request: HttpRequest,
  done: (result: HttpAnswer | { readonly malformed: string }) => void,
): void {
  end.outgoing.write(Buffer.from(requestText(request)));
  const input = new MessageInput(end.incoming);
  const look = (): void => {
    try {
      const head = readResponseHead(input);
      if (head !== undefined) readBody(input, head, done);
      else if (!input.ended) end.incoming.readable.add(look);
      else done({ malformed: input.heldBytes === 0 ? 'EOF' : broken('unexpected EOF') });
    } catch (error) {
      if (!(error instanceof MalformedMessage)) throw error;
      done({ malformed: broken(error.message) });
    }
  };
  look();
}

/** net/http/transport.go mapRoundTripError: what Go says once a part of the answer has come. */
const broken = (why: string) => `net/http: HTTP/1.x transport connection broken: ${why}`;

/** A body that ends too early counts as far as it came. @throws MalformedMessage for a length that is none. */
function readBody(input: MessageInput, head: ResponseHead, done: (answer: HttpAnswer) => void): void {
  const body = new IncomingBytes(input, responseFraming(head, 'GET'));
  const location = head.headers.find(([name]) => name.toLowerCase() === 'location')?.[1];
  const pieces: Uint8Array[] = [];
  let leftBytes = BODY_LIMIT_BYTES;
  const look = (): void => {
    while (leftBytes > 0) {
      const piece = body.read(leftBytes);
      if (piece === undefined) break;
      if (piece.length === 0) {
        body.readable.add(look);
        return;
      }
      pieces.push(piece);
      leftBytes -= piece.length;
    }
    done({ statusCode: head.status, body: Buffer.concat(pieces).toString('utf8'), location });
  };
  look();
}
