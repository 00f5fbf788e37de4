import { expect, test } from 'vitest';
import type { KubeObject } from '../../src/api/types.ts';
import { RuntimeError } from '../../src/runtime/port.ts';
import { containerConfig, PROGRAM, sandboxConfig } from '../contract/setup.ts';
import { stubEngine, told } from './stub.ts';

const pulls = (times: number) =>
  stubEngine((event) =>
    event.type === 'KubeletStarted'
      ? Array.from({ length: times }, (_, i) => ({ type: 'pullImage', image: `image:${i}` }) as const)
      : [],
  );

test('the next pull fails, and no other', async () => {
  const { engine } = pulls(2);
  engine.faults.failNext('pullImage', new RuntimeError('NotFound', 'manifest unknown'));
  engine.start();
  await engine.run({});
  expect(told(engine).sort()).toEqual([
    '+0ms KubeletStarted',
    '+0ms pullImage #1 failed: NotFound',
    '+100ms pullImage #2 image',
  ]);
});

test('a runtime that is down refuses at once, one that hangs after two minutes of virtual time', async () => {
  const { engine } = stubEngine((event) =>
    event.type === 'KubeletStarted' || event.type === 'EffectFailed' ? [{ type: 'relist' }] : [],
  );
  engine.faults.setHealth('hanging');
  engine.start();
  // The start, and the API server's list of pods.
  await engine.run({ maxSteps: 3 });
  engine.faults.setHealth('down');
  await engine.run({ maxSteps: 2 });
  engine.faults.setHealth('up');
  await engine.run({});
  expect(told(engine)).toEqual([
    '+0ms KubeletStarted',
    '+120000ms relist #1 failed: DeadlineExceeded',
    '+240000ms relist #2 failed: DeadlineExceeded',
    '+240000ms relist #3 failed: Unavailable',
    '+240000ms relist #4 failed: Unavailable',
    '+240000ms relist #5 podsAndContainers',
  ]);
});

test('a container is killed behind the back of whoever started it', async () => {
  const { engine } = stubEngine((event) => {
    if (event.type === 'KubeletStarted') return [{ type: 'pullImage', image: 'busybox:1.36' }];
    if (event.type !== 'EffectSucceeded') return [];
    const { result, effectType } = event;
    if (effectType === 'pullImage') return [{ type: 'runPodSandbox', config: sandboxConfig('web') }];
    if (result.type === 'sandbox') {
      const config = containerConfig('app', PROGRAM.sleeps30);
      return [
        { type: 'createContainer', sandboxId: result.status.id, config, sandboxConfig: sandboxConfig('web') },
      ];
    }
    if (effectType === 'createContainer' && result.type === 'container') {
      return [{ type: 'startContainer', containerId: result.status.id }];
    }
    return [];
  });
  engine.start();
  await engine.run({ forMs: 1000 });
  const [container] = await engine.runtime.runtimeService.listContainers();
  await engine.faults.killContainer(container?.id ?? '');
  await engine.run({ forMs: 1000 });
  expect(told(engine).at(-1)).toBe('+1000ms ContainerExited');
});

const configMap = (name: string): KubeObject => ({ apiVersion: 'v1', kind: 'ConfigMap', metadata: { name } });
const pod = (name: string): KubeObject => ({
  apiVersion: 'v1',
  kind: 'Pod',
  metadata: { name },
  spec: { containers: [{ name: 'app', image: 'busybox:1.36' }] },
});

test('a kubelet that is cut off can write nothing, and learns afterwards what became of each object', async () => {
  const lost = { type: 'createObject', object: configMap('mine') } as const;
  const { engine } = stubEngine((event) => (event.type === 'KubeletStarted' ? [lost] : []));
  engine.start();
  engine.faults.setApiServerReachable(false);
  engine.apply(configMap('settings'));
  engine.apply(configMap('settings'));
  engine.apply(pod('short'));
  engine.deletePod('default', 'short', { gracePeriodSeconds: 0 });
  engine.apply(pod('web'));
  engine.deletePod('default', 'web', { gracePeriodSeconds: 30 });
  await engine.run({});
  expect(told(engine)).toEqual(['+0ms KubeletStarted', '+0ms createObject #1 failed: Unavailable']);
  engine.faults.setApiServerReachable(true);
  await engine.run({});
  expect(told(engine).slice(2)).toEqual(['+0ms ObjectChanged', '+0ms PodAdded']);
  expect(engine.steps().at(-1)?.event).toMatchObject({
    pod: { metadata: { name: 'web', deletionGracePeriodSeconds: 30 } },
  });
});

test('a kubelet that starts while it is cut off lists what there is once it is not', async () => {
  const { engine } = stubEngine(() => []);
  engine.faults.setApiServerReachable(false);
  engine.start();
  engine.apply(configMap('settings'));
  engine.apply(pod('web'));
  await engine.run({});
  const types = () => engine.steps().map(({ event }) => event.type);
  expect(types()).toEqual(['KubeletStarted']);
  engine.faults.setApiServerReachable(true);
  await engine.run({});
  expect(new Set(types().slice(1, -1))).toEqual(new Set(['ObjectChanged']));
  expect(types().at(-1)).toBe('PodsListed');
  expect(engine.steps().at(-1)?.event).toMatchObject({ pods: [{ metadata: { name: 'web' } }] });
});
