/** What ten pods that are probed cost: an hour of virtual time with real guests. */
import type { KubeObject } from '../../src/api/types.ts';
import { composeEngine } from '../../src/compose/engine.ts';

const HOUR_MS = 3_600_000;
/** Until every pod is ready. */
const SETTLE_MS = 120_000;

/** `http`: one container with one probe, as most pods have it. `all`: HTTP, TCP and exec probes, three a pod. */
export type ProbeKinds = 'http' | 'all';

const CONTAINERS: Readonly<Record<ProbeKinds, readonly object[]>> = {
  http: [{ name: 'web', image: 'nginx:1.29', readinessProbe: { httpGet: { path: '/', port: 80 } } }],
  all: [
    {
      name: 'web',
      image: 'registry.k8s.io/e2e-test-images/agnhost:2.53',
      args: ['netexec', '--udp-port=-1'],
      readinessProbe: { httpGet: { path: '/hostname', port: 8080 } },
      livenessProbe: { tcpSocket: { port: 8080 } },
    },
    {
      name: 'shell',
      image: 'busybox:1.36',
      command: ['sleep', '100000'],
      livenessProbe: { exec: { command: ['true'] } },
    },
  ],
};

function pod(index: number, kinds: ProbeKinds): KubeObject {
  return {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: { name: `probed-${index}` },
    spec: { containers: CONTAINERS[kinds] },
  };
}

/** Seconds of this machine's time and of CPU for one virtual hour with `pods` pods, and how many probes that hour had. */
export async function hourWithProbes(
  pods: number,
  kinds: ProbeKinds,
): Promise<{ seconds: number; cpuSeconds: number; probes: number }> {
  const engine = await composeEngine({ runtime: 'wasm', clock: 'virtual', seed: 1, nodeName: 'node-1' });
  try {
    engine.start();
    for (let index = 0; index < pods; index++) engine.apply(pod(index, kinds));
    await engine.run({ forMs: SETTLE_MS });
    const isReady = ({ status }: ReturnType<typeof engine.pods>[number]) =>
      status?.conditions?.some(({ type, status: is }) => type === 'Ready' && is === 'True') === true;
    const ready = engine.pods().filter(isReady).length;
    if (ready !== pods) throw new Error(`${ready} of ${pods} pods are ready`);
    let probes = 0;
    engine.listen({
      onStep: ({ event }) => {
        if (event.type === 'EffectSucceeded' && event.owner.key.startsWith('probe/')) probes++;
      },
    });
    const startedAtMs = performance.now();
    const before = process.cpuUsage();
    await engine.run({ forMs: HOUR_MS });
    const { user, system } = process.cpuUsage(before);
    const seconds = (performance.now() - startedAtMs) / 1e3;
    return { seconds, cpuSeconds: (user + system) / 1e6, probes };
  } finally {
    await engine.close();
  }
}
