/**
 * The runtime has died and another has taken its place: told on the node. Its pods are found lost by PLEG's next
 * relist, as after a crash of the machine. The real kubelet learns of it in no other way, and its node problem
 * detector tells it.
 */
import { type Draft, nodeOwner, note } from '../draft.ts';
import { containerRuntimeDied } from '../events/node-texts.ts';
import { recordNodeEvent } from '../events/recorder.ts';

export function runtimeDied(draft: Draft, message: string): void {
  note(draft, 'runtimeState', nodeOwner(draft.state, '').object, 'RuntimeDied', 'watching', {
    stage: 'sync',
    why: 'node.runtimeDied',
    values: { message },
    where: { file: 'pkg/kubelet/pleg/generic.go', function: 'Relist' },
  });
  recordNodeEvent(draft, containerRuntimeDied(message));
}
