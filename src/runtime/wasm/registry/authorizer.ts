/**
 * What a registry wants to know, and how it is told: Basic, or a Bearer token from its token server. One for each
 * pull or push, so that nobody uses another's token. Follows containerd's docker/authorizer.go and auth/fetch.go.
 */
import type { AuthConfig } from '../../../api/cri.ts';
import { type Challenge, parseChallenges } from './challenge.ts';
import type { HttpRequest, HttpResponse } from './connection.ts';
import { isLoopback } from './endpoint.ts';
import { AccessDenied, readJson, unexpectedStatus } from './registry-error.ts';

const CLIENT_ID = 'podstep';
/** A token server's answer is not longer. */
const TOKEN_BYTES = 1 << 20;

type Exchange = (request: HttpRequest) => Promise<HttpResponse>;

interface TokenAnswer {
  readonly token?: unknown;
  readonly access_token?: unknown;
}

export class Authorizer {
  readonly #exchange: Exchange;
  readonly #auth: AuthConfig | undefined;
  #challenge: Challenge | undefined;
  /** By scope. */
  readonly #tokens = new Map<string, Promise<string>>();

  constructor(exchange: Exchange, auth: AuthConfig | undefined) {
    this.#exchange = exchange;
    this.#auth = auth;
  }

  /** The Authorization header for a request to the registry itself; undefined before it has asked for one. */
  async authorization(url: URL, scope: string): Promise<string | undefined> {
    const { registryToken } = this.#auth ?? {};
    if (registryToken) return `Bearer ${registryToken}`;
    const challenge = this.#challenge;
    if (challenge === undefined) return undefined;
    if (challenge.scheme === 'basic') return this.#basic();
    const scopes = mergeScopes(challenge.parameters.scope ?? '', scope);
    let token = this.#tokens.get(scopes);
    if (token === undefined) {
      token = this.#fetchToken(challenge, scopes, url);
      this.#tokens.set(scopes, token);
    }
    return `Bearer ${await token}`;
  }

  /**
   * Takes a 401 into account. `wasAuthorized`: the refused request carried credentials already.
   * Resolves to whether asking again makes sense. @throws AccessDenied
   */
  refused(response: HttpResponse, wasAuthorized: boolean): boolean {
    const header = response.headers['www-authenticate'] ?? '';
    const challenge = parseChallenges(header).find(({ scheme }) => scheme === 'bearer' || scheme === 'basic');
    if (challenge === undefined) return false;
    const { error = '' } = challenge.parameters;
    if (wasAuthorized && error !== '')
      throw new AccessDenied(`server message: ${error}: authorization failed`);
    if (challenge.scheme === 'basic' && !hasCredentials(this.#auth))
      throw new AccessDenied('authorization failed: no basic auth credentials');
    if (wasAuthorized) return false;
    this.#challenge = challenge;
    return true;
  }

  #basic(): string {
    const { username = '', password = '' } = this.#auth ?? {};
    return `Basic ${Buffer.from(`${username}:${password}`).toString('base64')}`;
  }

  async #fetchToken({ parameters }: Challenge, scopes: string, registry: URL): Promise<string> {
    const { realm, service = '' } = parameters;
    if (realm === undefined) throw new Error('no realm specified for token auth challenge');
    if (!URL.canParse(realm))
      throw new Error(`invalid token auth challenge realm: parse ${JSON.stringify(realm)}`);
    const url = new URL(realm);
    if (hasCredentials(this.#auth) || this.#auth?.identityToken) {
      if (registry.protocol === 'https:' && url.protocol === 'http:' && !isLoopback(url.host))
        throw new Error(
          `failed to fetch oauth token: credentials are not sent over plain http to ${url.host}`,
        );
      return told('failed to fetch oauth token', () => this.#fetchWithCredentials(url, service, scopes));
    }
    return told('failed to fetch anonymous token', () => this.#get(url, service, scopes));
  }

  /** OAuth2 first; many token servers know only GET with Basic. */
  async #fetchWithCredentials(url: URL, service: string, scopes: string): Promise<string> {
    const { username = '', password = '', identityToken } = this.#auth ?? {};
    const grant: Record<string, string> = identityToken
      ? { grant_type: 'refresh_token', refresh_token: identityToken }
      : { grant_type: 'password', username, password };
    const form = new URLSearchParams({ scope: scopes, service, client_id: CLIENT_ID, ...grant }).toString();
    const response = await this.#exchange({
      method: 'POST',
      url,
      headers: {
        'content-type': 'application/x-www-form-urlencoded; charset=utf-8',
        'content-length': Buffer.byteLength(form),
      },
      body: () => [Buffer.from(form)],
    });
    if (![400, 401, 404, 405].includes(response.status) || identityToken) return tokenOf(response);
    response.discard();
    return this.#get(url, service, scopes, this.#basic());
  }

  async #get(realm: URL, service: string, scopes: string, authorization?: string): Promise<string> {
    const url = new URL(realm);
    if (service !== '') url.searchParams.append('service', service);
    for (const scope of scopes.split(' ')) if (scope !== '') url.searchParams.append('scope', scope);
    return tokenOf(
      await this.#exchange({ method: 'GET', url, headers: authorization ? { authorization } : {} }),
    );
  }
}

function hasCredentials(auth: AuthConfig | undefined): boolean {
  return auth !== undefined && auth.username !== '' && auth.password !== '';
}

/** Each scope once, in order. */
function mergeScopes(asked: string, own: string): string {
  return [...new Set([...asked.split(' '), ...own.split(' ')])]
    .filter((scope) => scope !== '')
    .sort()
    .join(' ');
}

async function told<T>(what: string, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (cause) {
    throw new Error(`${what}: ${cause instanceof Error ? cause.message : String(cause)}`, { cause });
  }
}

async function tokenOf(response: HttpResponse): Promise<string> {
  if (response.status < 200 || response.status >= 400) throw await unexpectedStatus(response);
  const answer: TokenAnswer = await told('unable to decode token response', () =>
    readJson(response, TOKEN_BYTES),
  );
  const token = answer.access_token || answer.token;
  if (typeof token !== 'string' || token === '')
    throw new Error('authorization server did not include a token in the response');
  return token;
}
