/** What became of a manifest, in a few words that are read off the cluster. */
import type { ContainerStatusApi, KubeObject, Pod } from '../../src/api/types.ts';

/** Kinds that only a controller can make pods of. */
const TEMPLATES = new Set(['Deployment', 'ReplicaSet', 'DaemonSet', 'Job', 'StatefulSet']);

/** The outcome of an object that was accepted; `pod` is undefined once it is gone. */
export function outcomeOf(object: KubeObject, pod: Pod | undefined): string {
  if (TEMPLATES.has(object.kind)) {
    return 'stored; its pods need a controller, which a lone node does not have';
  }
  if (object.kind !== 'Pod') return 'stored';
  if (pod === undefined) return 'gone after its deletion';
  const { phase = 'Pending', reason, qosClass } = pod.status ?? {};
  const ready = pod.status?.conditions?.some(({ type, status }) => type === 'Ready' && status === 'True');
  const containers = [...(pod.status?.initContainerStatuses ?? []), ...(pod.status?.containerStatuses ?? [])];
  return [
    phase,
    ...(reason === undefined ? [] : [reason]),
    ...(phase === 'Running' && ready ? ['ready'] : []),
    ...containers.flatMap((status) => told(status, phase)),
    // The class is what these two pages of the documentation are about.
    ...(pod.metadata.namespace === 'qos-example' ? [qosClass ?? ''] : []),
  ].join(', ');
}

function told({ state, lastState, restartCount }: ContainerStatusApi, phase: string): string[] {
  const waiting = state?.waiting?.reason;
  const last = lastState?.terminated;
  const ended = state?.terminated;
  if (waiting === 'CrashLoopBackOff')
    return [`${waiting} after ${last?.reason} (exit code ${last?.exitCode})`];
  if (waiting !== undefined) return [waiting];
  if (restartCount === 1 && last?.exitCode === 137) return ['restarted once after liveness'];
  if (restartCount > 0) return [`restarted ${restartCount} times after exit code ${last?.exitCode}`];
  return ended !== undefined && phase !== 'Running' && ended.reason !== 'Completed'
    ? [`exit code ${ended.exitCode}`]
    : [];
}
