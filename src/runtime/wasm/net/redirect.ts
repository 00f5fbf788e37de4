/** Where a redirect takes a probe: as Go's client follows it (net/http client.go) and as the kubelet stops it. */
import type { HttpRequest } from '../thread/protocol.ts';

/** What comes of an answer: it counts itself, another request is to be sent, or the probe has failed. */
export type Redirect =
  | { readonly kind: 'none' }
  | { readonly kind: 'follow'; readonly request: HttpRequest }
  /** In Go's words, with the address that they are about. */
  | { readonly kind: 'failed'; readonly message: string };

/** pkg/probe/http/http.go RedirectChecker: with so many requests sent, none follows. */
const REQUEST_LIMIT = 10;
const STATUSES: readonly number[] = [301, 302, 303, 307, 308];
const NONE: Redirect = { kind: 'none' };

/** A probe's requests so far: the first one and the last. */
export interface Followed {
  readonly first: HttpRequest;
  readonly last: HttpRequest;
  readonly count: number;
}

/** As Go prints it. */
export function urlOf({ scheme, host, port, path }: HttpRequest): string {
  return `${scheme.toLowerCase()}://${host}:${port}${path.startsWith('/') ? path : `/${path}`}`;
}

/**
 * A redirect is followed on the same host alone, on whatever port; one to another host leaves the answer as it is, which the
 * kubelet reports as a warning. Headers that were asked for go along; `Host` does not go to an absolute address.
 */
export function redirected(
  { first, last, count }: Followed,
  answer: { readonly statusCode: number; readonly location: string | undefined },
): Redirect {
  const { statusCode, location = '' } = answer;
  if (!STATUSES.includes(statusCode) || location === '') return NONE;
  const failed = (url: string, why: string): Redirect => ({
    kind: 'failed',
    message: `Get "${url}": ${why}`,
  });
  const place = parse(location);
  if (typeof place === 'string') {
    const quoted = JSON.stringify(location);
    return failed(urlOf(last), `failed to parse Location header ${quoted}: parse ${quoted}: ${place}`);
  }
  const scheme = (place.scheme ?? last.scheme).toLowerCase();
  const isElsewhere = place.scheme !== undefined || place.hostname !== undefined;
  if (isElsewhere && (place.hostname ?? '') !== first.host) return NONE;
  if (count >= REQUEST_LIMIT) return failed(location, `stopped after ${REQUEST_LIMIT} redirects`);
  const port = isElsewhere ? (place.port ?? (scheme === 'https' ? 443 : 80)) : last.port;
  const path = isElsewhere ? place.path : resolved(place.path, last.path);
  if (scheme !== 'http' && scheme !== 'https')
    return failed(`${scheme}://${first.host}${path}`, `unsupported protocol scheme "${scheme}"`);
  const named = first.headers.some(([name]) => name.toLowerCase() === 'referer');
  const dropped = (name: string) =>
    (name === 'host' && place.scheme !== undefined) || (name === 'referer' && !named);
  const headers = last.headers.filter(([name]) => !dropped(name.toLowerCase()));
  // Go's client says where it comes from, unless the request says so itself, or it would tell of something encrypted.
  const isToldOf = !named && !(last.scheme === 'HTTPS' && scheme === 'http');
  return {
    kind: 'follow',
    request: {
      ...first,
      scheme: scheme === 'https' ? 'HTTPS' : 'HTTP',
      port,
      path: path === '' ? '/' : path,
      headers: isToldOf ? [...headers, ['Referer', urlOf(last)] as const] : headers,
    },
  };
}

interface Place {
  readonly scheme: string | undefined;
  /** Undefined where there is no `//`. */
  readonly hostname: string | undefined;
  readonly port: number | undefined;
  /** With the query. */
  readonly path: string;
}

/** An address as Go's net/url reads it, which changes nothing in a host's name; a text is what is wrong with it. */
function parse(location: string): Place | string {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: these are the letters that an address may not have
  if (/[\x00-\x1f\x7f]/.test(location)) return 'net/url: invalid control character in URL';
  const [, scheme, authority, path = '', query = ''] =
    /^(?:([A-Za-z][A-Za-z0-9+.-]*):)?(?:\/\/([^/?#]*))?([^?#]*)(\?[^#]*)?/.exec(location) ?? [];
  const badEscape = /%(?![0-9A-Fa-f]{2}).{0,2}/.exec(path)?.[0];
  if (badEscape !== undefined) return `invalid URL escape ${JSON.stringify(badEscape)}`;
  const rest = escaped(path) + query.replaceAll(' ', '%20');
  if (authority === undefined) return { scheme, hostname: undefined, port: undefined, path: rest };
  const host = authority.slice(authority.lastIndexOf('@') + 1);
  if (host.startsWith('[') && !host.includes(']')) return "missing ']' in host";
  const [, hostname = '', port] = /^(\[[^\]]*\]|[^:]*)(?::(.*))?$/.exec(host) ?? [];
  if (port !== undefined && !/^\d*$/.test(port))
    return `invalid port ${JSON.stringify(`:${port}`)} after host`;
  const bad = /[ "<>\\^`{|}]/.exec(hostname)?.[0];
  if (bad !== undefined) return `invalid character ${JSON.stringify(bad)} in host name`;
  return { scheme, hostname, port: port ? Number(port) : undefined, path: rest };
}

/** A path of bytes (latin1) with those escaped that may not stand in a request line. */
export const escaped = (path: string): string =>
  path.replace(/[^!$%&'()*+,\-./0-9:;=@A-Z_a-z~]/g, (letter) =>
    `%${letter.charCodeAt(0).toString(16).padStart(2, '0')}`.toUpperCase(),
  );

/** A reference without a host, seen from the path of the last request (RFC 3986, 5.2). */
function resolved(reference: string, from: string): string {
  const url = new URL(reference, new URL(from, 'http://host/'));
  return url.pathname + url.search;
}
