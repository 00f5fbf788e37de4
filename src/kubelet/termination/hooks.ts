/** Lifecycle hooks: what one asks of the world, and what a failing one leads to. */
import type { Container, LifecycleHook } from '../../api/types.ts';
import type { HttpGetRequest } from '../../machines/effects.ts';
import { type EventText, failedPostStartHook, failedPreStopHook } from '../events/texts.ts';
import type { KillReason } from '../pod-actions/types.ts';
import { httpGetRequest, resolvePort } from '../probes/request.ts';
import type { StartError } from '../status/start-error.ts';

export type HookRequest =
  | { readonly kind: 'exec'; readonly command: readonly string[] }
  | { readonly kind: 'httpGet'; readonly request: HttpGetRequest }
  | { readonly kind: 'sleep'; readonly seconds: number }
  | { readonly kind: 'invalid'; readonly error: string };

/** Sent with a hook's HTTP request. */
const USER_AGENT = 'kube-lifecycle/1.36';

/** lifecycle/handlers.go Run; a port that is not given is 80. `podName` is `name_namespace(uid)`. */
export function hookRequest(
  hook: LifecycleHook,
  container: Container,
  podIP: string,
  podName: string,
): HookRequest {
  if (hook.exec) return { kind: 'exec', command: hook.exec.command ?? [] };
  if (hook.httpGet) {
    const port = hook.httpGet.port === '' ? 80 : resolvePort(hook.httpGet.port, container);
    if (typeof port === 'string') return { kind: 'invalid', error: port };
    return { kind: 'httpGet', request: httpGetRequest(hook.httpGet, port, podIP, USER_AGENT) };
  }
  if (hook.sleep) return { kind: 'sleep', seconds: Number(hook.sleep.seconds) };
  // tcpSocket is in the API for compatibility only.
  return { kind: 'invalid', error: `invalid handler: ${podName}` };
}

/** A response below 400 is a success (lifecycle/handlers.go isHTTPResponseError). */
export function hookSucceeded(statusCode: number): boolean {
  return statusCode < 400;
}

export interface PostStartFailure {
  readonly event: EventText;
  /** The container is killed with the pod's grace period; its preStop hook runs then. */
  readonly kill: { readonly message: string; readonly reason: KillReason };
  readonly error: StartError;
}

/** kuberuntime_container.go startContainer, step 4: `message` is the runtime's or the check's. */
export function postStartFailed(message: string): PostStartFailure {
  return {
    event: failedPostStartHook(),
    kill: { message: 'FailedPostStartHook', reason: 'FailedPostStartHook' },
    error: { reason: 'PostStartHookError', message },
  };
}

/** A failing preStop hook is told and otherwise ignored: the container is stopped all the same. */
export function preStopFailed(): EventText {
  return failedPreStopHook();
}
