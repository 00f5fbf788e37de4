/** A hook as its container's machine performs it, and what it says of itself afterwards. */
import type { Container, LifecycleHook, Pod } from '../../api/types.ts';
import type { Hook } from '../../machines/container-events.ts';
import type { EffectError, EffectResult } from '../../machines/events.ts';
import { formatPod } from '../events/texts.ts';
import { hookRequest, hookSucceeded } from '../termination/hooks.ts';

/**
 * What performing the hook takes; a text says why it cannot be performed.
 * @param timeoutSeconds 0: as long as it takes.
 */
export function toHook(
  pod: Pod,
  container: Container,
  hook: LifecycleHook,
  target: { readonly containerId: string; readonly podIP: string; readonly timeoutSeconds: number },
): Hook | string {
  const request = hookRequest(hook, container, target.podIP, formatPod(pod));
  const { containerId, timeoutSeconds } = target;
  switch (request.kind) {
    case 'exec':
      return { ...request, containerId, timeoutSeconds };
    case 'httpGet':
      return { ...request, timeoutSeconds };
    case 'sleep':
      return request;
    case 'invalid':
      return request.error;
  }
}

/** Whose hook it was: its failure names them. */
export interface HookOwner {
  readonly pod: Pod;
  readonly container: Container;
  readonly hook: LifecycleHook | undefined;
}

/** Why a hook failed, as lifecycle/handlers.go Run says it; undefined when it did what it should. */
export function hookFailure(outcome: EffectResult | EffectError, owner: HookOwner): string | undefined {
  const { pod, container, hook } = owner;
  const whose = `for Container "${container.name}" in Pod "${formatPod(pod)}" failed - error: `;
  if (hook?.httpGet) {
    const error = httpError(outcome);
    return error && `HTTP lifecycle hook (${hook.httpGet.path ?? ''}) ${whose}${error}`;
  }
  const command = hook?.exec?.command ?? [];
  const failed = execError(outcome, command);
  if (failed === undefined) return undefined;
  const message = JSON.stringify(failed.output);
  return `Exec lifecycle hook ([${command.join(' ')}]) ${whose}${failed.error}, message: ${message}`;
}

function httpError(outcome: EffectResult | EffectError): string | undefined {
  if ('code' in outcome) return outcome.message;
  const failed = outcome.type === 'http' && !hookSucceeded(outcome.statusCode);
  return failed ? `HTTP hook failed with statuscode: ${outcome.statusCode}` : undefined;
}

/** cri-client's ExecSync words for a command that ended with another code than 0. */
function execError(
  outcome: EffectResult | EffectError,
  command: readonly string[],
): { readonly error: string; readonly output: string } | undefined {
  if ('code' in outcome) return { error: outcome.message, output: '' };
  if (outcome.type !== 'exec' || outcome.response.exitCode === 0) return undefined;
  const { exitCode, stdout, stderr } = outcome.response;
  const error = `command '${command.join(' ')}' exited with ${exitCode}: ${stderr}`;
  return { error, output: stdout + stderr };
}
