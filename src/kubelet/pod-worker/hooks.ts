/** The hooks of a container's life: asked for through its machine, and what came of them. */
import type { Container, LifecycleHook, Pod } from '../../api/types.ts';
import type { Hook } from '../../machines/container-events.ts';
import type { EffectError, EffectResult } from '../../machines/events.ts';
import { type Draft, move, moveIf, refOf, snapshotOf } from '../draft.ts';
import { recordEvent } from '../events/recorder.ts';
import { formatPod } from '../events/texts.ts';
import { activeSandbox } from '../runtime-pod.ts';
import { hookRequest, hookSucceeded, postStartFailed } from '../termination/hooks.ts';
import { WHERE } from '../where.ts';
import { killContainers } from './kill.ts';
import { addError, syncOf, waitFor, workerOf } from './worker-slice.ts';

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

/** Runs the hook; the next container is not started before it is over. */
export function runPostStart(draft: Draft, pod: Pod, container: Container): void {
  const { name } = container;
  const { uid } = pod.metadata;
  const hook = container.lifecycle?.postStart;
  if (hook === undefined) return;
  const ref = refOf('container', pod, { name });
  const { sandbox } = syncOf(draft, uid);
  const podIP = (sandbox ?? activeSandbox(workerOf(draft, uid).runtimePod))?.ip ?? '';
  const { containerId } = snapshotOf(draft, ref).context;
  const made = toHook(pod, container, hook, { containerId, podIP, timeoutSeconds: 0 });
  if (typeof made === 'string') {
    failPostStart(draft, pod, container, made);
    return;
  }
  const hookMs = made.kind === 'sleep' ? made.seconds * 1_000 : 0;
  const values = { container: name, hook: made.kind };
  const say = { stage: 'hook', why: 'container.postStart', values, where: WHERE.runHook } as const;
  const ids = moveIf(draft, ref, { type: 'RunPostStart', hook: made, hookMs }, say);
  if (ids === undefined) return;
  const [effectId] = ids;
  waitFor(draft, uid, { for: 'hook', name, ...(effectId === undefined ? {} : { effectId }) });
}

/** The postStart hook is over; a failure kills the container. */
export function postStartReturned(
  draft: Draft,
  pod: Pod,
  container: Container,
  failure: string | undefined,
): void {
  const startupPending = container.startupProbe !== undefined;
  move(
    draft,
    refOf('container', pod, container),
    { type: 'PostStartDone', startupPending },
    {
      stage: 'hook',
      why: failure === undefined ? 'container.postStartDone' : 'container.postStartFailed',
      values: { container: container.name, message: failure ?? '' },
      where: WHERE.runHook,
    },
  );
  if (failure !== undefined) failPostStart(draft, pod, container, failure);
}

function failPostStart(draft: Draft, pod: Pod, container: Container, message: string): void {
  const { uid } = pod.metadata;
  const { name } = container;
  const { event, kill, error } = postStartFailed(message);
  recordEvent(draft, pod, event, name);
  const errors = { ...draft.state.startErrors[uid], [name]: error };
  draft.state = { ...draft.state, startErrors: { ...draft.state.startErrors, [uid]: errors } };
  addError(draft, uid, { kind: 'generic', ...error });
  const { containerId } = snapshotOf(draft, refOf('container', pod, { name })).context;
  killContainers(draft, pod, [{ containerId, name, ...kill }]);
}
