/**
 * The words of kubectl's `get pods` table: READY, STATUS and RESTARTS of a pod, and one word for a container.
 * Source: kubernetes pkg/printers/internalversion/printers.go, printPod.
 */
import type { Container, ContainerStatusApi, Pod } from '../../api/types.ts';

export interface PodWords {
  readonly ready: number;
  readonly total: number;
  readonly status: string;
  readonly restarts: number;
}

function restartsAlways(container: Container | undefined): boolean {
  return container?.restartPolicy === 'Always';
}

function ended(terminated: { exitCode: number; signal?: number; reason?: string }): string {
  if (terminated.reason) return terminated.reason;
  return terminated.signal ? `Signal:${terminated.signal}` : `ExitCode:${terminated.exitCode}`;
}

/** What the first init container that is not through says about the pod; undefined when all are through. */
function initWord(status: ContainerStatusApi, index: number, total: number): string {
  if (status.state?.terminated) return `Init:${ended(status.state.terminated)}`;
  const waiting = status.state?.waiting?.reason;
  if (waiting && waiting !== 'PodInitializing') return `Init:${waiting}`;
  return `Init:${index}/${total}`;
}

function conditionTrue(pod: Pod, type: string): boolean {
  return (pod.status?.conditions ?? []).some((c) => c.type === type && c.status === 'True');
}

interface Tally {
  readonly ready: number;
  readonly restarts: number;
  readonly sidecarRestarts: number;
  readonly word: string | undefined;
}

function tallyInit(pod: Pod): Tally {
  const specs = pod.spec.initContainers ?? [];
  let ready = 0;
  let restarts = 0;
  let sidecarRestarts = 0;
  for (const [index, status] of (pod.status?.initContainerStatuses ?? []).entries()) {
    restarts += status.restartCount;
    const sidecar = restartsAlways(specs.find((c) => c.name === status.name));
    if (sidecar) sidecarRestarts += status.restartCount;
    if (status.state?.terminated?.exitCode === 0) continue;
    if (sidecar && status.started) {
      if (status.ready) ready += 1;
      continue;
    }
    return { ready, restarts, sidecarRestarts, word: initWord(status, index, specs.length) };
  }
  return { ready, restarts, sidecarRestarts, word: undefined };
}

/** The pod's columns as kubectl prints them. */
export function podWords(pod: Pod): PodWords {
  const status = pod.status;
  let word: string = status?.reason || status?.phase || 'Unknown';
  if ((status?.conditions ?? []).some((c) => c.type === 'PodScheduled' && c.reason === 'SchedulingGated')) {
    word = 'SchedulingGated';
  }
  const init = tallyInit(pod);
  let { ready, restarts } = init;
  if (init.word !== undefined) word = init.word;
  if (init.word === undefined || conditionTrue(pod, 'Initialized')) {
    restarts = init.sidecarRestarts;
    let running = false;
    for (const container of [...(status?.containerStatuses ?? [])].reverse()) {
      restarts += container.restartCount;
      if (container.state?.waiting?.reason) word = container.state.waiting.reason;
      else if (container.state?.terminated) word = ended(container.state.terminated);
      else if (container.ready && container.state?.running) {
        running = true;
        ready += 1;
      }
    }
    if (word === 'Completed' && running) word = conditionTrue(pod, 'Ready') ? 'Running' : 'NotReady';
  }
  if (pod.metadata.deletionTimestamp !== undefined) {
    if (status?.reason === 'NodeLost') word = 'Unknown';
    else if (status?.phase !== 'Succeeded' && status?.phase !== 'Failed') word = 'Terminating';
  }
  const total = pod.spec.containers.length + (pod.spec.initContainers ?? []).filter(restartsAlways).length;
  return { ready, total, status: word, restarts };
}

/** One container's state in the words of its status: `Running`, or the reason of waiting or terminated. */
export function containerWord(status: ContainerStatusApi | undefined): string {
  const state = status?.state;
  if (state?.running) return 'Running';
  if (state?.terminated) return ended(state.terminated);
  return state?.waiting?.reason ?? 'Waiting';
}

/** How good a state word is, for its glyph and tone. */
export function moodOf(word: string, ready: boolean): 'good' | 'busy' | 'bad' | 'done' | 'ending' {
  if (word === 'Running') return ready ? 'good' : 'busy';
  if (word === 'Completed' || word === 'Succeeded') return 'done';
  if (word === 'Terminating') return 'ending';
  const busy = /^(Pending|Waiting|ContainerCreating|PodInitializing|NotReady|SchedulingGated|Init:\d+\/\d+)$/;
  return busy.test(word) ? 'busy' : 'bad';
}
