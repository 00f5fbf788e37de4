/** Records core/v1 Events on pods: the texts that people see under `kubectl describe`. */
import type { Pod } from '../../api/types.ts';
import { type Draft, emit, referenceOf, update } from '../draft.ts';
import { correlateEvent } from './correlator.ts';
import { involvedPod } from './subject.ts';
import type { EventText } from './texts.ts';

/** Records an event on a pod, or on one of its containers; too many about one pod are dropped. */
export function recordEvent(draft: Draft, pod: Pod, text: EventText, container?: string): void {
  const { nowMs, node, events } = draft.state;
  const subject = { object: involvedPod(pod, container), component: 'kubelet', host: node.nodeName };
  const { correlator, event } = correlateEvent(events, text, subject, nowMs);
  update(draft, { events: correlator });
  if (event === undefined) return;
  const { uid } = pod.metadata;
  const owner = { podUid: uid, key: `pod/${uid}`, object: referenceOf(pod, container) };
  emit(draft, owner, { type: 'recordEvent', event });
}
