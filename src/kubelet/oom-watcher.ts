/**
 * The OOM watcher: reads in the kernel's log that the node itself ran out of memory, and says so on the node. A
 * container that passed its own limit is no news of the node's. Follows pkg/kubelet/oom/oom_watcher_linux.go.
 */
import type { RuntimeNotice } from '../machines/events.ts';
import { type Draft, nodeOwner, note } from './draft.ts';
import { systemOom } from './events/node-texts.ts';
import { recordNodeEvent } from './events/recorder.ts';
import { logInfo } from './log/log.ts';

/** The kernel killed a process because the node was full. */
export function systemOomSeen(draft: Draft, notice: Extract<RuntimeNotice, { type: 'SystemOom' }>): void {
  const { processName: victim, pid, podUid } = notice;
  const pod = draft.state.workers[podUid]?.pod.metadata.name ?? podUid;
  note(draft, 'oomWatcher', nodeOwner(draft.state, '').object, 'SystemOom', 'watching', {
    stage: 'kill',
    why: 'node.systemOom',
    values: { victim, pid, pod },
    where: { file: 'pkg/kubelet/oom/oom_watcher_linux.go', function: 'Start' },
  });
  logInfo(draft, 1, 'oom_watcher_linux.go', 'Got sys oom event', {
    event: { Pid: pid, ProcessName: victim },
  });
  recordNodeEvent(draft, systemOom(victim, pid));
}
