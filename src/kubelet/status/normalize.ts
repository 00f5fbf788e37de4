/** What every status goes through before it is kept: messages are cut, so that no pod's status grows too large. */

import { TERMINATION_MESSAGE } from '../../api/termination-message.ts';
import type { ContainerStatusApi, Pod, PodStatus } from '../../api/types.ts';

/** status_manager.go normalizeStatus: each container may use the same share of the pod's bytes. */
export function normalizeStatus({ spec }: Pod, status: PodStatus): PodStatus {
  const { containers, initContainers = [], ephemeralContainers = [] } = spec;
  const count = containers.length + initContainers.length + ephemeralContainers.length;
  const limitBytes = Math.trunc(TERMINATION_MESSAGE.podBytes / Math.max(count, 1));
  const cut = (statuses: readonly ContainerStatusApi[] | undefined) =>
    statuses?.some((one) => isLonger(one.state, limitBytes) || isLonger(one.lastState, limitBytes))
      ? statuses.map((one) => ({
          ...one,
          ...(one.state && { state: cutState(one.state, limitBytes) }),
          ...(one.lastState && { lastState: cutState(one.lastState, limitBytes) }),
        }))
      : statuses;
  const { containerStatuses, initContainerStatuses, ephemeralContainerStatuses } = status;
  return {
    ...status,
    ...(containerStatuses && { containerStatuses: cut(containerStatuses) }),
    ...(initContainerStatuses && { initContainerStatuses: cut(initContainerStatuses) }),
    ...(ephemeralContainerStatuses && { ephemeralContainerStatuses: cut(ephemeralContainerStatuses) }),
  } as PodStatus;
}

type State = NonNullable<ContainerStatusApi['state']>;

function isLonger(state: State | undefined, limitBytes: number): boolean {
  const message = state?.terminated?.message ?? '';
  return message.length * 3 > limitBytes && bytesOf(message).length > limitBytes;
}

function cutState(state: State, limitBytes: number): State {
  if (!isLonger(state, limitBytes) || state.terminated === undefined) return state;
  const bytes = bytesOf(state.terminated.message ?? '').subarray(0, limitBytes);
  return { ...state, terminated: { ...state.terminated, message: new TextDecoder().decode(bytes) } };
}

function bytesOf(text: string): Uint8Array {
  return new TextEncoder().encode(text);
}
