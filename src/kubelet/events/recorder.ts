/** Records core/v1 Events on pods and on the node: the texts that people see under `kubectl describe`. */

import type { Pod } from '../../api/types.ts';
import type { Owner } from '../../machines/effects.ts';
import { type Draft, emit, nodeOwner, referenceOf, update } from '../draft.ts';
import { correlateEvent, type EventSubject } from './correlator.ts';
import { involvedNode, involvedPod } from './subject.ts';
import type { EventText } from './texts.ts';

/** Records an event on a pod, or on one of its containers; too many about one pod are dropped. */
export function recordEvent(draft: Draft, pod: Pod, text: EventText, container?: string): void {
  const { uid } = pod.metadata;
  const owner = { podUid: uid, key: `pod/${uid}`, object: referenceOf(pod, container) };
  record(draft, involvedPod(pod, container), owner, text);
}

/** Records an event on the node. */
export function recordNodeEvent(draft: Draft, text: EventText): void {
  record(draft, involvedNode(draft.state.node.nodeName), nodeOwner(draft.state, 'node'), text);
}

function record(draft: Draft, object: EventSubject['object'], owner: Owner, text: EventText): void {
  const { nowMs, node, events } = draft.state;
  const subject = { object, component: 'kubelet', host: node.nodeName };
  const { correlator, event } = correlateEvent(events, text, subject, nowMs);
  update(draft, { events: correlator });
  if (event !== undefined) emit(draft, owner, { type: 'recordEvent', event });
}
