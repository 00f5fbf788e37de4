/** What the engine costs: turns a second in virtual time, and the way of a pod from apply to Running. */
import { composeEngine } from '../../src/compose/engine.ts';
import type { Engine } from '../../src/engine/types.ts';
import { type Figures, figures } from './measure.ts';

const NODE_NAME = 'bench';

function pod(name: string, probe: boolean) {
  const container = {
    name: 'main',
    image: 'busybox:1.36',
    command: ['sleep', '100000'],
    ...(probe ? { livenessProbe: { exec: { command: ['true'] }, periodSeconds: 1 } } : {}),
  };
  return {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: { name, namespace: 'default' },
    spec: { containers: [container], terminationGracePeriodSeconds: 0 },
  } as const;
}

/** Steps of the kubelet a second: `pods` pods that are probed every second, on the fake runtime, in virtual time. */
export async function turnsPerSecond(pods: number, steps: number): Promise<number> {
  const engine = await composeEngine({ runtime: 'fake', clock: 'virtual', seed: 1, nodeName: NODE_NAME });
  try {
    engine.start();
    for (let index = 0; index < pods; index++) engine.apply(pod(`probed-${index}`, true));
    await engine.run({ maxSteps: 1_000 });
    const startedAt = performance.now();
    await engine.run({ maxSteps: steps });
    return steps / ((performance.now() - startedAt) / 1_000);
  } finally {
    await engine.close();
  }
}

function isRunning(engine: Engine, name: string): boolean {
  return engine.pods().some((one) => one.metadata.name === name && one.status?.phase === 'Running');
}

/** Real milliseconds from apply to the status saying Running, with real guests on the wall clock; the image is here. */
export async function applyToRunning(count: number): Promise<Figures> {
  const engine = await composeEngine({ runtime: 'wasm', clock: 'wall', seed: 1, nodeName: NODE_NAME });
  const values: number[] = [];
  try {
    engine.start();
    await engine.runtime.imageService.pullImage('busybox:1.36');
    for (let index = 0; index < count; index++) {
      const name = `pod-${index}`;
      const startedAt = performance.now();
      engine.apply(pod(name, false));
      await engine.run({ forMs: 30_000, until: () => isRunning(engine, name) });
      if (!isRunning(engine, name)) throw new Error(`${name} was not Running after 30 s`);
      values.push(performance.now() - startedAt);
    }
  } finally {
    await engine.close();
  }
  return figures(values);
}
