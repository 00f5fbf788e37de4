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

/** Why a hook failed; undefined when it did what it should. */
export function hookFailure(outcome: EffectResult | EffectError): string | undefined {
  if ('code' in outcome) return outcome.message;
  if (outcome.type === 'exec' && outcome.response.exitCode !== 0) {
    const { exitCode, stdout, stderr } = outcome.response;
    return `command exited with ${exitCode}: ${stdout}${stderr}`;
  }
  if (outcome.type === 'http' && !hookSucceeded(outcome.statusCode)) {
    return `HTTP hook failed with statuscode: ${outcome.statusCode}`;
  }
  return undefined;
}
