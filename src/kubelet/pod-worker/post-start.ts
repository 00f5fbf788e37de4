/** The postStart hook: it runs beside the container's own process, and what comes after waits for it. */
import type { Container, Pod } from '../../api/types.ts';
import { type Draft, move, moveIf, refOf, snapshotOf, update } from '../draft.ts';
import { recordEvent } from '../events/recorder.ts';
import { activeSandbox } from '../runtime-pod.ts';
import { postStartFailed } from '../termination/hooks.ts';
import { WHERE } from '../where.ts';
import { toHook } from './hook.ts';
import { killContainers } from './kill.ts';
import { addError, syncOf, waitFor, workerOf } from './worker-slice.ts';

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
  update(draft, { startErrors: { ...draft.state.startErrors, [uid]: errors } });
  addError(draft, uid, { kind: 'generic', ...error, action: 'StartContainer', target: name });
  const { containerId } = snapshotOf(draft, refOf('container', pod, { name })).context;
  killContainers(draft, pod, [{ containerId, name, ...kill }]);
}
