/** What is selected, resolved against the scene: the row, its machine, its pod, and the container of the log. */
import type { Pod } from '../../api/types.ts';
import { tellingRow } from './interest.ts';
import { type MachineView, machineOf, type Scene, type StepRow } from './scene.ts';
import type { Selection } from './screen-state.ts';

/** One line of the pods pane. `container` is empty for the pod itself. */
export interface PodRow {
  readonly pod: Pod;
  readonly container: string;
  readonly init: boolean;
}

export interface Selected {
  readonly row: StepRow | undefined;
  readonly machine: MachineView | undefined;
  readonly pod: Pod | undefined;
  /** The selected container; empty when the pod itself is selected. */
  readonly container: string;
  /** The container whose log is shown; empty without a pod. */
  readonly logContainer: string;
}

/** The lines of the pods pane: each pod, its init containers in order, its containers. */
export function podRows(pods: readonly Pod[]): PodRow[] {
  return pods.flatMap((pod) => [
    { pod, container: '', init: false },
    ...(pod.spec.initContainers ?? []).map(({ name }) => ({ pod, container: name, init: true })),
    ...pod.spec.containers.map(({ name }) => ({ pod, container: name, init: false })),
  ]);
}

/** Without a container chosen, the log is that of the one that runs, or ran last. */
function speakingContainer(pod: Pod): string {
  const all = [...(pod.status?.initContainerStatuses ?? []), ...(pod.status?.containerStatuses ?? [])];
  const running = [...all].reverse().find(({ state }) => state?.running);
  const main = pod.spec.containers[0]?.name ?? '';
  if (running) return running.name;
  const ended = [...all].reverse().find(({ state, lastState }) => state?.terminated ?? lastState?.terminated);
  return ended?.name ?? main;
}

function ofRow(scene: Scene, row: StepRow | undefined): Selected {
  const object = row?.entry.object;
  const pod = scene.pods.find(({ metadata }) => metadata.uid === object?.uid) ?? scene.pods[0];
  const container = object?.uid === pod?.metadata.uid ? (object?.container ?? '') : '';
  return {
    row,
    machine: row && machineOf(scene, row.entry),
    pod,
    container,
    logContainer: container || (pod ? speakingContainer(pod) : ''),
  };
}

/** Resolves the person's selection; what is gone (a deleted pod) falls back to the last step. */
export function resolve(scene: Scene, selection: Selection): Selected {
  if (selection.kind === 'follow') return ofRow(scene, tellingRow(scene.rows));
  if (selection.kind === 'row') {
    const at = selection.index - (scene.rows[0]?.index ?? 0);
    return ofRow(scene, scene.rows[Math.max(0, at)]);
  }
  const pod = scene.pods.find(({ metadata }) => metadata.uid === selection.podUid);
  const machine = scene.machines.get(selection.key);
  if (!pod && !machine) return ofRow(scene, tellingRow(scene.rows));
  return {
    row: scene.rows.findLast(({ entry }) => entry.key === selection.key),
    machine,
    pod,
    container: selection.container,
    logContainer: selection.container || (pod ? speakingContainer(pod) : ''),
  };
}

const ORDER = ['pod', 'podWorker', 'sandbox', 'volume', 'imagePull', 'container', 'probe'];

/** The machines of a pod that have a chart, in the order of its journey. */
export function machinesOf(scene: Scene, podUid: string): MachineView[] {
  const rank = ({ machine }: MachineView) => ORDER.indexOf(machine);
  return [...scene.machines.values()]
    .filter((view) => view.object.uid === podUid && rank(view) >= 0)
    .sort((a, b) => rank(a) - rank(b) || (a.key < b.key ? -1 : 1));
}
