/** Records core/v1 Events on pods: the texts that people see under `kubectl describe`. */
import type { CoreEvent, Pod } from '../../api/types.ts';
import { formatTime } from '../../lib/time.ts';
import { type Draft, emit, referenceOf } from '../draft.ts';
import type { EventText } from './texts.ts';

/** The part of the pod that an event is about, as the API writes it. */
function fieldPathOf(pod: Pod, container: string | undefined): string | undefined {
  if (container === undefined) return undefined;
  const lists = ['containers', 'initContainers', 'ephemeralContainers'] as const;
  const list = lists.find((name) => pod.spec[name]?.some((candidate) => candidate.name === container));
  return list === undefined ? undefined : `spec.${list}{${container}}`;
}

/** Records an event on a pod, or on one of its containers (client-go tools/record). */
export function recordEvent(draft: Draft, pod: Pod, text: EventText, container?: string): void {
  const { namespace, name, uid, resourceVersion } = pod.metadata;
  const { nowMs, node, nextEffectId } = draft.state;
  const fieldPath = fieldPathOf(pod, container);
  const at = formatTime(nowMs);
  const event: CoreEvent = {
    apiVersion: 'v1',
    kind: 'Event',
    metadata: { namespace, name: `${name}.${(nowMs * 1_000 + nextEffectId).toString(16)}` },
    involvedObject: {
      apiVersion: 'v1',
      kind: 'Pod',
      namespace,
      name,
      uid,
      resourceVersion,
      ...(fieldPath === undefined ? {} : { fieldPath }),
    },
    type: text.type,
    reason: text.reason,
    message: text.message,
    source: { component: 'kubelet', host: node.nodeName },
    firstTimestamp: at,
    lastTimestamp: at,
    count: 1,
    reportingComponent: 'kubelet',
    reportingInstance: node.nodeName,
  };
  const owner = { podUid: uid, key: `pod/${uid}`, object: referenceOf(pod, container) };
  emit(draft, owner, { type: 'recordEvent', event });
}
