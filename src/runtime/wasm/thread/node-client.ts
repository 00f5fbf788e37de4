/** The kubelet's side of the pods' network: probes and hooks that the node sends to a pod's address. */
import { GRPC_RPC_LATE, RuntimeError } from '../../port.ts';
import type { ConnectionEnd } from '../net/connection.ts';
import { HealthCheck } from '../net/grpc-health.ts';
import { exchange, unsendable } from '../net/http-get.ts';
import type { PodNet } from '../net/pod-net.ts';
import { redirected, urlOf } from '../net/redirect.ts';
import { type GuestClock, secondsNs } from '../scheduler/clock.ts';
import type { Timers } from '../scheduler/timers.ts';
import type { HttpRequest, Params } from './protocol.ts';

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

/**
 * The answer that remains after redirects on the same host; a RuntimeError in Go's words when there is none in
 * `timeoutSeconds`. They begin with `Get "..."` where they are about another address than the one that was asked.
 */
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
    const text = 'context deadline exceeded (Client.Timeout exceeded while awaiting headers)';
    finish(new RuntimeError('DeadlineExceeded', text));
  });
  const attempt = (target: HttpRequest, count: number): void => {
    const failed = (why: string) => {
      const text = target === request ? why : `Get "${urlOf(target)}": ${why}`;
      finish(new RuntimeError('Unavailable', text));
    };
    const why = unsendable(target);
    if (why !== undefined) {
      failed(why);
      return;
    }
    const end = connect(world, target.host, target.port);
    if (end instanceof RuntimeError) {
      failed(end.message);
      return;
    }
    if (target.scheme === 'HTTPS') {
      end.close();
      failed(NO_TLS);
      return;
    }
    current = end;
    exchange(end, target, (answer) => {
      end.close();
      if (finished) return;
      if ('malformed' in answer) {
        failed(answer.malformed);
        return;
      }
      const next = redirected({ first: request, last: target, count }, answer);
      if (next.kind === 'failed') finish(new RuntimeError('Unavailable', next.message));
      else if (next.kind === 'follow') attempt(next.request, count + 1);
      else finish({ statusCode: answer.statusCode, body: answer.body });
    });
  };
  attempt(request, 1);
}

/** No guest speaks TLS: a listener would answer in plain text, and Go says this. */
const NO_TLS = 'http: server gave HTTP response to HTTPS client';

function connect(world: NodeClientWorld, host: string, port: number): ConnectionEnd | RuntimeError {
  const end = world.net.connectFromNode(host, port);
  return end ?? new RuntimeError('Unavailable', `dial tcp ${host}:${port}: connect: connection refused`);
}
