import { expect, test } from 'vitest';
import { podOf, World } from './world.ts';

const web = podOf({ containers: [{ name: 'web', image: 'nginx:1.27', imagePullPolicy: 'IfNotPresent' }] });

test('a pod goes through mount, sandbox, pull, create and start to Running, and is gone after its deletion', () => {
  const world = new World();
  world.apply(web);
  world.run(5_000);
  const status = world.statuses.get('uid-1');
  expect(status?.phase).toBe('Running');
  expect(status?.conditions?.map(({ type, status: value }) => `${type}=${value}`)).toEqual([
    'PodReadyToStartContainers=True',
    'Initialized=True',
    'Ready=True',
    'ContainersReady=True',
    'PodScheduled=True',
  ]);
  const runtimeCalls = world.effects
    .filter(({ owner }) => owner.podUid !== '')
    .map(({ type }) => type)
    .filter(
      (type) =>
        !/Timer|relist|list|stat|link|readStats|recordEvent|writeLog|patchPodStatus|NodeFile/.test(type),
    );
  expect(runtimeCalls).toEqual([
    'makePodDirectories',
    'runPodSandbox',
    'imageStatus',
    'pullImage',
    'createContainer',
    'startContainer',
  ]);
  expect(world.events.map(({ reason }) => reason)).toEqual(['Pulling', 'Pulled', 'Created', 'Started']);

  world.delete('uid-1');
  world.run(150_000);
  expect(world.pods.size).toBe(0);
  expect([world.sandboxes.size, world.boxes.size]).toEqual([0, 0]);
  expect(world.podsWithMachines).toEqual([]);
  expect(world.state.workers).toEqual({});
});
