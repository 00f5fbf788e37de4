/**
 * One pull's or push's talk with one endpoint: authorization, redirects, retries.
 * Follows containerd's docker/resolver.go (request.doWithRetries).
 */
import { setTimeout as delay } from 'node:timers/promises';
import type { AuthConfig } from '../../../api/cri.ts';
import { Authorizer } from './authorizer.ts';
import { Connection, type Environment, type HttpRequest, type HttpResponse } from './connection.ts';
import { ExchangeError } from './dial-error.ts';
import type { Endpoint } from './endpoint.ts';
import type { RegistryLimits } from './limits.ts';
import type { Unreachable } from './unreachable.ts';

/** A request to the registry's API, or to an address that it has named. */
export interface ApiRequest {
  readonly method: HttpRequest['method'];
  /** Below `/v2/REPOSITORY`: `/manifests/latest`; or in full, where the registry sent us. */
  readonly target: string | URL;
  readonly headers?: Readonly<Record<string, string | number>>;
  readonly body?: HttpRequest['body'];
}

const REDIRECTS = new Set([301, 302, 303, 307, 308]);
const MOST_REDIRECTS = 10;
const TRIED_AGAIN = new Set([408, 429, 500, 502, 503, 504]);
const USER_AGENT = 'podstep/0.1';

export interface SessionOptions {
  /** As the image's name says it: `docker.io`. Asked of mirrors as `ns`. */
  readonly registry: string;
  /** Path of the repository. */
  readonly repository: string;
  readonly actions: 'pull' | 'pull,push';
  readonly auth: AuthConfig | undefined;
  readonly limits: RegistryLimits;
  readonly environment: Environment;
  readonly unreachable: Unreachable;
}

export class Session {
  readonly endpoint: Endpoint;
  readonly #options: SessionOptions;
  readonly #connection: Connection;
  readonly #authorizer: Authorizer;
  #scheme: 'http' | 'https';

  constructor(endpoint: Endpoint, options: SessionOptions) {
    const { limits, auth, environment, unreachable } = options;
    this.endpoint = endpoint;
    this.#options = options;
    this.#scheme = endpoint.scheme;
    const patience = { connectMs: endpoint.connectMs ?? limits.connectMs, idleMs: limits.idleMs };
    this.#connection = new Connection(endpoint, patience, environment, unreachable);
    this.#authorizer = new Authorizer((request) => this.#connection.exchange(request), auth);
  }

  /** The address of a part of the repository's API. */
  url(target: string): URL {
    const { host, path } = this.endpoint;
    const url = new URL(`${this.#scheme}://${host}${path}/${this.#options.repository}${target}`);
    const { registry } = this.#options;
    const isMirror = host !== registry && !(registry === 'docker.io' && host === 'registry-1.docker.io');
    if (isMirror) url.searchParams.set('ns', registry);
    return url;
  }

  /**
   * Asks, and asks again after 401, 408, 429 and 5xx, within bounds. Resolves to the last answer, whatever its
   * status. @throws ExchangeError `failed to do request: Head "https://...": dial tcp ...`, AccessDenied
   */
  async request(request: ApiRequest): Promise<HttpResponse> {
    const { limits } = this.#options;
    for (let attempt = 1, waitMs = limits.retryMs; ; ) {
      const { response, authorized } = await this.#follow(request);
      const { status, url } = response;
      if (status === 401 && this.#isOwn(url) && this.#authorizer.refused(response, authorized)) {
        response.discard();
        continue;
      }
      if (!TRIED_AGAIN.has(status) || attempt >= limits.attempts) return response;
      const pauseMs = retryAfterMs(response) ?? waitMs;
      if (pauseMs > limits.longestRetryMs) return response;
      response.discard();
      attempt++;
      waitMs *= 2;
      await delay(pauseMs);
    }
  }

  close(): void {
    this.#connection.close();
  }

  /** One try, along the redirects. Only the registry itself is shown the credentials. */
  async #follow(request: ApiRequest): Promise<{ response: HttpResponse; authorized: boolean }> {
    const { target, method, body } = request;
    let url = typeof target === 'string' ? this.url(target) : target;
    let authorized = false;
    for (let redirects = 0; ; redirects++) {
      const authorization = this.#isOwn(url) ? await this.#authorization(url) : undefined;
      authorized ||= authorization !== undefined;
      const headers = {
        'user-agent': USER_AGENT,
        'accept-encoding': 'identity',
        ...(this.#isOwn(url) ? this.endpoint.headers : {}),
        ...request.headers,
        ...(authorization && { authorization }),
      };
      const response = await this.#exchange({ method, url, headers, ...(body && { body }) });
      const { location } = response.headers;
      if (!REDIRECTS.has(response.status) || location === undefined) return { response, authorized };
      response.discard();
      if (redirects >= MOST_REDIRECTS) throw failed('stopped after 10 redirects');
      if (!URL.canParse(location, response.url.href)) throw failed(`the redirect leads nowhere: ${location}`);
      url = new URL(location, response.url);
      if (url.protocol !== 'https:' && url.protocol !== 'http:')
        throw failed(`unsupported protocol scheme "${url.protocol}"`);
    }
  }

  #isOwn(url: URL): boolean {
    return (
      url.host === new URL(`${this.#scheme}://${this.endpoint.host}`).host &&
      url.protocol === `${this.#scheme}:`
    );
  }

  async #authorization(url: URL): Promise<string | undefined> {
    const { repository, actions } = this.#options;
    try {
      return await this.#authorizer.authorization(url, `repository:${repository}:${actions}`);
    } catch (error) {
      throw new Error(`failed to authorize: ${error instanceof Error ? error.message : error}`, {
        cause: error,
      });
    }
  }

  async #exchange(request: HttpRequest): Promise<HttpResponse> {
    try {
      return await this.#connection.exchange(request);
    } catch (error) {
      if (!(error instanceof ExchangeError)) throw error;
      if (!error.isPlainHttp || !this.endpoint.fallsBackToHttp || this.#scheme === 'http')
        throw failed(error.message, error);
      this.#scheme = 'http';
      const url = new URL(request.url);
      url.protocol = 'http:';
      return this.#exchange({ ...request, url });
    }
  }
}

function failed(message: string, cause?: unknown): ExchangeError {
  return new ExchangeError(`failed to do request: ${message}`, { cause });
}

/** Retry-After in seconds or as a date; undefined when it says nothing. */
function retryAfterMs({ headers }: HttpResponse): number | undefined {
  const value = headers['retry-after'];
  if (value === undefined) return undefined;
  const seconds = Number(value);
  if (Number.isFinite(seconds) && seconds >= 0) return seconds * 1_000;
  const at = Date.parse(value);
  return Number.isNaN(at) ? undefined : Math.max(0, at - Date.now());
}
