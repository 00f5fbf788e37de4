/**
 * The termination messages of containers that have ended: asked for once each, and part of their pod's cache.
 * Follows pkg/kubelet/kuberuntime/kuberuntime_container.go getTerminationMessage.
 */
import { ANNOTATION } from '../../api/cri.ts';
import type { ObjectReference } from '../../api/types.ts';
import { type Draft, emit, update } from '../draft.ts';
import type { RuntimePod } from '../runtime-pod.ts';
import type { KubeletState } from '../state.ts';
import type { PlegEvent } from './diff.ts';

/** The pod, or the container of it, that a change is about. */
export function referenceOfEvent(
  draft: Draft,
  { podUid, kind, name }: Pick<PlegEvent, 'podUid' | 'kind' | 'name'>,
): ObjectReference {
  const metadata = (draft.state.workers[podUid]?.pod ?? draft.state.pods[podUid])?.metadata;
  const pod = metadata ?? draft.state.pleg.cache[podUid]?.sandboxes[0]?.metadata;
  return {
    kind: 'Pod',
    ...(pod === undefined ? {} : { namespace: pod.namespace }),
    name: pod?.name ?? podUid,
    uid: podUid,
    ...(kind === 'container' ? { container: name } : {}),
  };
}

/** The messages of containers that are still recorded. */
export function keptMessages(
  messages: KubeletState['pleg']['terminationMessages'],
  pods: Iterable<RuntimePod>,
): Record<string, string | null> {
  const ids = new Set([...pods].flatMap(({ containers }) => containers.map(({ id }) => id)));
  return Object.fromEntries(Object.entries(messages).filter(([id]) => ids.has(id)));
}

/** The pod with the messages that were read. */
export function withMessages(
  pod: RuntimePod,
  messages: KubeletState['pleg']['terminationMessages'],
): RuntimePod {
  const containers = pod.containers.map((status) => {
    const text = messages[status.id];
    if (!text) return status;
    return { ...status, message: status.message === '' ? text : `${status.message}: ${text}` };
  });
  return { ...pod, containers };
}

/**
 * Asks for the termination message of every container that has ended since: the file, or the log's tail
 * after a failure (kuberuntime_container.go getTerminationMessage).
 */
export function readMessages(draft: Draft, podUid: string): void {
  const { pleg } = draft.state;
  const ended = (pleg.cache[podUid]?.containers ?? []).filter(
    ({ id, state, startedAtMs }) =>
      state === 'CONTAINER_EXITED' && startedAtMs > 0 && pleg.terminationMessages[id] === undefined,
  );
  if (ended.length === 0) return;
  for (const { id, metadata, annotations, exitCode } of ended) {
    const event = { podUid, kind: 'container', name: metadata.name } as const;
    emit(
      draft,
      { podUid, key: 'pleg', object: referenceOfEvent(draft, event) },
      {
        type: 'readTerminationMessage',
        containerId: id,
        fromLogs:
          annotations[ANNOTATION.terminationMessagePolicy] === 'FallbackToLogsOnError' && exitCode !== 0,
      },
    );
  }
  const reading = Object.fromEntries(ended.map(({ id }) => [id, null]));
  update(draft, { pleg: { ...pleg, terminationMessages: { ...pleg.terminationMessages, ...reading } } });
}

/** Whether a termination message of the pod is still being read. */
export function isReadingMessages({ pleg }: KubeletState, podUid: string): boolean {
  return (pleg.cache[podUid]?.containers ?? []).some(({ id }) => pleg.terminationMessages[id] === null);
}

/** A termination message was read (or could not be: then it is empty). */
export function messageRead(draft: Draft, podUid: string, containerId: string, text: string): void {
  const { pleg } = draft.state;
  const terminationMessages = { ...pleg.terminationMessages, [containerId]: text };
  const pod = pleg.cache[podUid];
  const cache =
    pod === undefined ? pleg.cache : { ...pleg.cache, [podUid]: withMessages(pod, { [containerId]: text }) };
  update(draft, { pleg: { ...pleg, terminationMessages, cache } });
}
