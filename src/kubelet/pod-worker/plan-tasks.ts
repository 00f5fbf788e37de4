/** Turns the plan of one sync into its tasks, in the order in which the real kubelet works it off. */
import type { Pod } from '../../api/types.ts';
import { type Draft, moveIf, note, referenceOf, refOf } from '../draft.ts';
import { recordEvent } from '../events/recorder.ts';
import { sandboxChanged } from '../events/texts.ts';
import { imageVolumesOf } from '../images/image-user.ts';
import { computePodActions } from '../pod-actions/compute-pod-actions.ts';
import { shouldAllContainersRestart } from '../pod-actions/restart-policy.ts';
import type { PodActions } from '../pod-actions/types.ts';
import { WHERE } from '../where.ts';
import { resizeActionOf, resizeTasks } from './resize.ts';
import { configureSandbox } from './sandbox.ts';
import { syncAgain, workerOf } from './worker-slice.ts';
import type { ContainerKind, Task } from './worker-state.ts';

/** kuberuntime_manager.go SyncPod: computePodActions, then what is to be killed, made and started. */
export function planTasks(draft: Draft, pod: Pod): readonly Task[] {
  const { uid } = pod.metadata;
  const { runtimePod } = workerOf(draft, uid);
  const actions = computePodActions({
    pod,
    runtimePod,
    probeResults: draft.state.probes.results,
    resize: (container, status) => resizeActionOf(draft, pod, container, status),
    restartAllContainers: shouldAllContainersRestart(pod, runtimePod, draft.state.statuses[uid]?.status),
  });
  const text = describe(pod, actions);
  if (text !== '') {
    const say = {
      stage: 'sync',
      why: 'plan',
      values: { plan: text },
      where: WHERE.computePodActions,
    } as const;
    note(draft, 'podWorker', referenceOf(pod), 'ComputePodActions', 'syncing.working', say);
  }
  if (actions.containersToStart.length > 0) {
    const say = { stage: 'sync', why: 'pod.initialized', where: WHERE.computePodActions } as const;
    moveIf(draft, refOf('pod', pod), { type: 'Initialized' }, say);
  }
  // The containers that are removed here are started by a sync of its own, at once (kubelet.go SyncPod).
  if (actions.containersToReset.length > 0) syncAgain(draft, uid);
  if (actions.createSandbox && actions.sandboxId !== '') recordEvent(draft, pod, sandboxChanged());
  if (!actions.createSandbox && !actions.killPod) configureSandbox(draft, pod, actions.attempt);
  const resize = resizeTasks(draft, pod, actions);
  // What came of it is told by a sync of its own.
  if (resize.length > 0) syncAgain(draft, uid);
  return [...kills(pod, actions, draft), ...starts(pod, actions, resize)];
}

function kills(pod: Pod, actions: PodActions, draft: Draft): Task[] {
  const reset = actions.containersToReset.flatMap(({ id, name, kill }): Task[] => [
    ...(kill
      ? [
          {
            type: 'killContainer',
            container: { id, name, message: '', reason: 'RestartAllContainers' },
          } as const,
        ]
      : []),
    { type: 'removeContainer', containerId: id, name, keepsLog: true },
  ]);
  if (!actions.killPod) {
    return [
      ...reset,
      ...actions.containersToKill.map((container): Task => ({ type: 'killContainer', container })),
    ];
  }
  const { runtimePod } = workerOf(draft, pod.metadata.uid);
  const initNames = new Set((pod.spec.initContainers ?? []).map(({ name }) => name));
  // With a new sandbox every init container runs again, so their records go (purgeInitContainers).
  const purged = actions.createSandbox
    ? runtimePod.containers.filter(({ metadata }) => initNames.has(metadata.name))
    : [];
  return [
    { type: 'killPod' },
    ...purged.map(
      ({ id, metadata }): Task => ({
        type: 'removeContainer',
        containerId: id,
        name: metadata.name,
        keepsLog: false,
      }),
    ),
  ];
}

function starts(pod: Pod, actions: PodActions, resize: readonly Task[]): Task[] {
  const { initContainers = [], containers, ephemeralContainers = [] } = pod.spec;
  const start = (
    list: readonly { readonly name: string }[],
    indices: readonly number[],
    kind: ContainerKind,
  ) =>
    indices.flatMap((index): Task[] => {
      const name = list[index]?.name;
      return name === undefined ? [] : [{ type: 'startContainer', step: 'backOff', name, kind }];
    });
  const starting = [
    ...start(ephemeralContainers, actions.ephemeralContainersToStart, 'ephemeral'),
    ...start(initContainers, actions.initContainersToStart, 'init'),
    ...resize,
    ...start(containers, actions.containersToStart, 'regular'),
  ];
  const startsAny = starting.some(({ type }) => type === 'startContainer');
  const volumes = startsAny ? imageVolumesOf(pod).map(({ name }) => name) : [];
  return [
    ...(actions.createSandbox ? [{ type: 'createSandbox', attempt: actions.attempt } as const] : []),
    ...(volumes.length === 0 ? [] : [{ type: 'pullImageVolumes', volumes } as const]),
    ...starting,
  ];
}

/** The plan in a few words; empty when there is nothing to do. */
function describe(pod: Pod, actions: PodActions): string {
  const names = (list: readonly { readonly name: string }[] = [], indices: readonly number[]) =>
    indices.map((index) => list[index]?.name ?? '');
  const started = [
    ...names(pod.spec.ephemeralContainers, actions.ephemeralContainersToStart),
    ...names(pod.spec.initContainers, actions.initContainersToStart),
    ...names(pod.spec.containers, actions.containersToStart),
  ];
  const killed = actions.containersToKill.map(({ name }) => name);
  const reset = actions.containersToReset.map(({ name }) => name);
  const updated = actions.containersToUpdate.map(({ name }) => name);
  return [
    ...(actions.killPod && actions.sandboxId !== '' ? ['KillPod'] : []),
    ...(actions.createSandbox ? [`CreateSandbox attempt=${actions.attempt}`] : []),
    ...(killed.length > 0 ? [`ContainersToKill=[${killed.join(' ')}]`] : []),
    ...(reset.length > 0 ? [`ContainersToReset=[${reset.join(' ')}]`] : []),
    ...(updated.length > 0 ? [`ContainersToUpdate=[${updated.join(' ')}]`] : []),
    ...(started.length > 0 ? [`ContainersToStart=[${started.join(' ')}]`] : []),
  ].join(', ');
}
