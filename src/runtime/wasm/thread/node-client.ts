/** The kubelet's side of the pods' network: probes and hooks that the node sends to a pod's address. */
import { GRPC_RPC_LATE, RuntimeError } from '../../port.ts';
import type { ConnectionEnd } from '../net/connection.ts';
import { HealthCheck } from '../net/grpc-health.ts';
import { exchange, type HttpAnswer } from '../net/http-get.ts';
import type { PodNet } from '../net/pod-net.ts';
import { type GuestClock, secondsNs } from '../scheduler/clock.ts';
import type { Timers } from '../scheduler/timers.ts';
import type { HttpRequest, Params } from './protocol.ts';

/** Go follows ten; pkg/probe/http/http.go RedirectChecker stops at another host name. */
const REDIRECT_LIMIT = 10;

export interface NodeClientWorld {
  readonly net: PodNet;
  readonly timers: Timers;
  readonly clock: GuestClock;
}

type Done<T> = (result: T | RuntimeError) => void;

/** Connects and hangs up at once. A RuntimeError in Go's words when nothing listens. */
export function tcpConnect(world: NodeClientWorld, host: string, port: number, done: Done<undefined>): void {
  const end = connect(world, host, port);
  if (end instanceof RuntimeError) {
    done(end);
    return;
  }
  end.close();
  done(undefined);
}

/** How long a gRPC client waits before it connects again (google.golang.org/grpc/backoff, BaseDelay). */
const GRPC_RETRY_SECONDS = 1;

/** A gRPC client counts as connected once the server has sent its SETTINGS; until then it tries again and again. */
export function grpcHealthCheck(
  world: NodeClientWorld,
  { host, port, service, timeoutSeconds }: Params<'grpcHealthCheck'>,
  done: Done<string>,
): void {
  const deadlineNs = world.clock.nowNs() + secondsNs(timeoutSeconds);
  let check: HealthCheck | undefined;
  let over = false;
  const finish = (result: string | RuntimeError) => {
    if (over) return;
    over = true;
    world.timers.cancel(timer);
    done(result);
  };
  const timer = world.timers.add(deadlineNs, () => {
    const text = check?.connected ? GRPC_RPC_LATE : 'context deadline exceeded';
    check?.close();
    finish(new RuntimeError('DeadlineExceeded', text));
  });
  const attempt = () => {
    if (over || check?.connected) return;
    check?.close();
    const end = connect(world, host, port);
    if (!(end instanceof RuntimeError)) {
      check = new HealthCheck(end, { authority: `${host}:${port}`, service }, finish);
    }
    const againNs = world.clock.nowNs() + secondsNs(GRPC_RETRY_SECONDS);
    if (againNs < deadlineNs) world.timers.add(againNs, attempt);
  };
  attempt();
}

/** The answer that remains after redirects on the same host; a RuntimeError in Go's words when there is none in `timeoutSeconds`. */
export function httpGet(
  world: NodeClientWorld,
  request: HttpRequest,
  timeoutSeconds: number,
  done: Done<{ readonly statusCode: number; readonly body: string }>,
): void {
  let current: ConnectionEnd | undefined;
  let finished = false;
  const finish = (result: { statusCode: number; body: string } | RuntimeError) => {
    if (finished) return;
    finished = true;
    world.timers.cancel(timer);
    current?.close();
    done(result);
  };
  const deadlineNs = world.clock.nowNs() + secondsNs(timeoutSeconds);
  const timer = world.timers.add(deadlineNs, () => {
    const text = `Get "${urlOf(request)}": context deadline exceeded (Client.Timeout exceeded while awaiting headers)`;
    finish(new RuntimeError('DeadlineExceeded', text));
  });
  const attempt = (target: HttpRequest, redirects: number): void => {
    const end = connect(world, target.host, target.port);
    if (end instanceof RuntimeError) {
      finish(end);
      return;
    }
    current = end;
    exchange(end, target, (answer) => {
      end.close();
      if ('malformed' in answer) {
        finish(new RuntimeError('Unavailable', `Get "${urlOf(target)}": ${answer.malformed}`));
        return;
      }
      const next = redirected(target, answer);
      if (next !== undefined && redirects >= REDIRECT_LIMIT) {
        const text = `Get "${urlOf(next)}": stopped after ${REDIRECT_LIMIT} redirects`;
        finish(new RuntimeError('Unavailable', text));
      } else if (next === undefined) finish({ statusCode: answer.statusCode, body: answer.body });
      else attempt(next, redirects + 1);
    });
  };
  if (request.scheme === 'HTTPS') finish(noTls(world, request));
  else attempt(request, 0);
}

/** No guest speaks TLS: a listener would answer in plain text, and Go says this. */
function noTls(world: NodeClientWorld, request: HttpRequest): RuntimeError {
  const end = connect(world, request.host, request.port);
  if (end instanceof RuntimeError) return end;
  end.close();
  const text = `Get "${urlOf(request)}": http: server gave HTTP response to HTTPS client`;
  return new RuntimeError('Unavailable', text);
}

function connect(world: NodeClientWorld, host: string, port: number): ConnectionEnd | RuntimeError {
  const end = world.net.connectFromNode(host, port);
  return end ?? new RuntimeError('Unavailable', `dial tcp ${host}:${port}: connect: connection refused`);
}

function urlOf({ scheme, host, port, path }: HttpRequest): string {
  return `${scheme.toLowerCase()}://${host}:${port}${path.startsWith('/') ? path : `/${path}`}`;
}

/** The request that a redirect on the same host asks for; undefined when there is none to follow. */
function redirected(request: HttpRequest, answer: HttpAnswer): HttpRequest | undefined {
  if (![301, 302, 303, 307, 308].includes(answer.statusCode) || answer.location === undefined)
    return undefined;
  if (!URL.canParse(answer.location, urlOf(request))) return undefined;
  const url = new URL(answer.location, urlOf(request));
  if (url.hostname !== request.host || url.protocol !== 'http:') return undefined;
  // Go's client says where it comes from.
  const others = request.headers.filter(([name]) => name.toLowerCase() !== 'referer');
  const headers = [...others, ['Referer', urlOf(request)] as const];
  const port = url.port === '' ? 80 : Number(url.port);
  return { ...request, headers, port, path: url.pathname + url.search };
}
