import { expect, test } from 'vitest';
import type { KubeletState } from '../../src/kubelet/state.ts';
import { podOf, World } from './world.ts';

const web = { name: 'web', image: 'busybox:1.36', imagePullPolicy: 'IfNotPresent' } as const;
const probe = { exec: { command: ['true'] }, periodSeconds: 3 };

/** A pod that crashes now and then, and is deleted in the end; at every restore the state is read back from text. */
function told(restoreEveryMs: number): string {
  const world = new World();
  world.programs.set('web', { runsMs: 7_000, exitCode: 1 });
  world.apply(
    podOf({
      containers: [
        { ...web, livenessProbe: probe },
        { ...web, name: 'other' },
      ],
    }),
  );
  for (let atMs = 0; atMs < 120_000; atMs += restoreEveryMs) {
    world.run(restoreEveryMs);
    world.state = JSON.parse(JSON.stringify(world.state)) as KubeletState;
  }
  world.delete('uid-1');
  world.run(200_000);
  return JSON.stringify(world.trace);
}

test('the state is plain data: written down and read back at any time, the kubelet goes on the same', () => {
  expect(told(1_500)).toBe(told(120_000));
});

test('an event from before the state is a contradiction', () => {
  const world = new World();
  world.run(1_000);
  world.nowMs -= 500;
  expect(() => world.apply(podOf({ containers: [web] }))).toThrow(/time never goes back/);
});

test('a kubelet that learns late of a pod takes what runs as seen, and starts nothing twice', () => {
  const first = new World();
  const pod = podOf({ containers: [web] });
  first.apply(pod);
  first.run(5_000);
  const second = new World();
  for (const [id, sandbox] of first.sandboxes) second.sandboxes.set(id, sandbox);
  for (const [id, box] of first.boxes) second.boxes.set(id, box);
  second.run(1_500);
  second.apply(pod);
  second.run(10_000);
  expect(second.timesOf('runPodSandbox')).toEqual([]);
  expect(second.timesOf('createContainer')).toEqual([]);
  expect(second.statuses.get('uid-1')?.phase).toBe('Running');
  second.delete('uid-1');
  second.run(200_000);
  expect([second.pods.size, second.boxes.size, second.sandboxes.size]).toEqual([0, 0, 0]);
});

test('a pod whose object vanishes is stopped all the same, and forgotten', () => {
  const world = new World();
  const pod = podOf({ containers: [web] });
  world.apply(pod);
  world.run(5_000);
  world.pods.delete('uid-1');
  world.send({ type: 'PodRemoved', source: 'api', pod });
  world.run(200_000);
  expect([world.boxes.size, world.sandboxes.size, world.podsWithMachines]).toEqual([0, 0, []]);
  expect(world.timesOf('deletePod')).toEqual([]);
});
