/** What must be so once nothing fails any more and everything had time: desired and observed have met. */
import type { ContainerStatusApi, Pod } from '../../src/api/types.ts';
import type { FakeRuntime } from '../../src/runtime/fake/runtime.ts';
import { hold } from './hold.ts';

/** Reasons for which a container of a live pod may wait for ever. */
const WAITS = new Set(['CrashLoopBackOff', 'PodInitializing', 'ImagePullBackOff', 'RunContainerError']);

/** Compares what the API server was told of each pod with what the runtime runs. */
export function checkRest(pods: readonly Pod[], runtime: FakeRuntime): void {
  const { sandboxes, containers } = runtime.contents();
  const running = new Map(
    containers.filter(({ state }) => state === 'CONTAINER_RUNNING').map((status) => [status.id, status]),
  );
  for (const pod of pods) {
    const { name, uid } = pod.metadata;
    const { phase, initContainerStatuses = [], containerStatuses = [] } = pod.status ?? {};
    const ready = sandboxes.filter(
      ({ metadata, state }) => metadata.uid === uid && state === 'SANDBOX_READY',
    );
    const isOver = phase === 'Succeeded' || phase === 'Failed';
    hold(ready.length <= 1, `${name} has one sandbox (${ready.length})`);
    hold(!isOver || ready.length === 0, `${name} is ${phase} and has no sandbox`);
    for (const status of [...initContainerStatuses, ...containerStatuses]) {
      checkContainer(name, status, running);
    }
    const initialized = pod.status?.conditions?.find(({ type }) => type === 'Initialized')?.status === 'True';
    if (isOver || !initialized || pod.spec.restartPolicy !== 'Always') continue;
    for (const { name: container, state } of containerStatuses) {
      const waits = state?.waiting?.reason ?? '';
      hold(
        state?.running !== undefined || state?.terminated !== undefined || WAITS.has(waits),
        `${name}/${container} runs, or waits for a good reason (${waits})`,
      );
    }
  }
  const told = new Set(pods.flatMap(({ metadata }) => metadata.uid));
  for (const { id, labels } of running.values()) {
    hold(told.has(labels['io.kubernetes.pod.uid'] ?? ''), `container ${id.slice(0, 12)} belongs to a pod`);
  }
}

function checkContainer(
  pod: string,
  { name, state, containerID }: ContainerStatusApi,
  running: ReadonlyMap<string, unknown>,
): void {
  const id = containerID?.slice(containerID.indexOf('://') + 3) ?? '';
  const says = state?.running !== undefined;
  hold(says === running.has(id), `${pod}/${name} is told as ${says ? '' : 'not '}running, as it is`);
}
