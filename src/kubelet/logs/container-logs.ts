/** A container's log on the node from its start to its removal: the link to it, and that it goes. */
import type { ContainerStatus } from '../../api/cri.ts';
import type { Owner } from '../../machines/effects.ts';
import { type Draft, emit } from '../draft.ts';
import { containerLogLink } from './log-link.ts';

/** After a start: log collectors find the log by its link (kuberuntime_container.go startContainer). */
export function linkContainerLog(draft: Draft, owner: Owner, status: ContainerStatus): void {
  emit(draft, owner, { type: 'linkNodeFile', target: status.logPath, link: containerLogLink(status) });
}

/** Before a record is removed: its log goes with every rotated file, and the link (removeContainerLog). */
export function removeContainerLog(draft: Draft, owner: Owner, status: ContainerStatus): void {
  emit(draft, owner, { type: 'removeContainerLog', path: status.logPath, link: containerLogLink(status) });
}
