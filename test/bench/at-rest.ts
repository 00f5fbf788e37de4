/** What a kubelet with many pods at rest costs: CPU for an hour of virtual time on the fake runtime. */
import type { KubeObject } from '../../src/api/types.ts';
import { composeEngine } from '../../src/compose/engine.ts';

const HOUR_MS = 3_600_000;
/** Until every pod runs and has been told. */
const SETTLE_MS = 120_000;

function pod(index: number): KubeObject {
  return {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: { name: `web-${index}` },
    spec: { containers: [{ name: 'web', image: 'nginx:1.29' }] },
  };
}

/** What one virtual hour cost, and how many steps it had. */
interface Hour {
  readonly cpuSeconds: number;
  readonly steps: number;
}

/** Seconds of CPU for a virtual hour with `pods` pods that run: the middle one of three. */
export async function hourAtRest(pods: number): Promise<Hour> {
  const hours = [await oneHour(pods), await oneHour(pods), await oneHour(pods)];
  const [, middle] = hours.sort((a, b) => a.cpuSeconds - b.cpuSeconds);
  if (middle === undefined) throw new Error('three hours have a middle one');
  return middle;
}

async function oneHour(pods: number): Promise<Hour> {
  const engine = await composeEngine({ runtime: 'fake', clock: 'virtual', seed: 1, nodeName: 'node-1' });
  try {
    engine.start();
    for (let index = 0; index < pods; index++) engine.apply(pod(index));
    await engine.run({ forMs: SETTLE_MS });
    const running = engine.pods().filter(({ status }) => status?.phase === 'Running').length;
    if (running !== pods) throw new Error(`${running} of ${pods} pods run`);
    const before = process.cpuUsage();
    const first = engine.steps().at(-1)?.seq ?? 0;
    await engine.run({ forMs: HOUR_MS });
    const { user, system } = process.cpuUsage(before);
    return { cpuSeconds: (user + system) / 1e6, steps: (engine.steps().at(-1)?.seq ?? 0) - first };
  } finally {
    await engine.close();
  }
}
