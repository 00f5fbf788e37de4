import { expect, test } from 'vitest';
import { podOf, World } from '../world.ts';

const web = { name: 'web', image: 'busybox:1' };
const dead = (world: World) =>
  [...world.boxes.values()].filter(({ status }) => status.state === 'CONTAINER_EXITED').length;

test('of a container that crashes one dead record is kept: the older one goes when the next has died', () => {
  const world = new World();
  world.programs.set('web', (attempt) => (attempt < 3 ? { runsMs: 100, exitCode: 1 } : {}));
  world.apply(podOf({ containers: [web] }));
  world.run(59_000);
  expect(dead(world)).toBe(1);
  expect(world.statuses.get('uid-1')?.containerStatuses?.[0]).toMatchObject({
    restartCount: 3,
    lastState: { terminated: { exitCode: 1 } },
  });
});

test('of a deleted pod the container goes at once, the sandbox and the logs with the next pass', () => {
  const world = new World();
  world.apply(podOf({ containers: [web] }));
  world.run(10_000);
  world.delete('uid-1');
  world.run(30_000);
  expect([world.boxes.size, world.sandboxes.size]).toEqual([0, 1]);
  expect([...world.directories]).toEqual([expect.stringContaining('/var/log/pods/')]);
  world.run(25_000);
  expect([world.boxes.size, world.sandboxes.size, world.directories.size]).toEqual([0, 0, 0]);
  const removals = world.effects.map(({ type }) => type).filter((type) => type.startsWith('remove'));
  expect(removals).toEqual([
    'removeContainerLog',
    'removeContainer',
    'removePodDirectory',
    'removePodSandbox',
    'removeNodeDirectory',
  ]);
});

test('a sandbox whose container could not be removed stays with it', () => {
  const world = new World();
  world.apply(podOf({ containers: [web] }));
  world.run(10_000);
  world.delete('uid-1');
  world.intercept = ({ type }) =>
    type === 'removeContainer' ? { code: 'Unknown', message: 'device busy' } : undefined;
  world.run(60_000);
  expect([world.boxes.size, world.sandboxes.size]).toEqual([1, 1]);
  world.intercept = () => undefined;
  world.run(60_000);
  expect([world.boxes.size, world.sandboxes.size]).toEqual([0, 0]);
});

test('a pass that cannot ask the runtime is told as an event on the node', () => {
  const world = new World();
  world.run(59_500);
  world.intercept = ({ type }) =>
    type === 'relist' ? { code: 'Unavailable', message: 'connection refused' } : undefined;
  world.run(1_000);
  const [event] = world.nodeEvents.filter(({ reason }) => reason === 'ContainerGCFailed');
  expect(event).toMatchObject({
    type: 'Warning',
    message: 'rpc error: code = Unavailable desc = connection refused',
    involvedObject: { kind: 'Node', name: 'node', uid: 'node' },
    metadata: { namespace: 'default' },
  });
});

test('a directory whose volume is not empty stays, is told once, and goes later', () => {
  const world = new World();
  world.directories.add('/var/lib/kubelet/pods/gone');
  const message = 'orphaned pod "gone" found, but failed to rmdir() volume at path /v: directory not empty';
  world.intercept = ({ type }) =>
    type === 'removePodDirectory' ? { code: 'FailedPrecondition', message } : undefined;
  world.run(10_000);
  const told = world.trace.filter(({ why }) => why.key === 'gc.podDirectoryStays');
  expect(told.map(({ why }) => why.values)).toEqual([{ message }]);
  world.intercept = () => undefined;
  world.run(3_000);
  expect(world.directories.size).toBe(0);
});
