/** One trace entry, whole, for the tests of how entries are told. */
import type { TraceEntry } from '../../src/machines/trace.ts';

export const entry: TraceEntry = {
  stage: 'kill',
  object: { kind: 'Pod', namespace: 'default', name: 'web', uid: 'u1', container: 'app' },
  machine: 'container',
  from: 'running',
  to: 'terminating',
  event: 'PodDeleted',
  effects: ['stopContainer app 30s'],
  why: { key: 'sync.podAdded' },
  where: { file: 'pkg/kubelet/kuberuntime/kuberuntime_container.go', function: 'killContainer' },
};
