import { expect, test } from 'vitest';
import { defaultConfiguration } from '../../src/api/kubelet-configuration/defaulting.ts';
import { pod } from './fixtures.ts';
import { World } from './world.ts';

function node(shutdownGracePeriod: string): World {
  const world = new World(undefined, defaultConfiguration({ shutdownGracePeriod }));
  world.apply(pod());
  world.run(3_000);
  return world;
}

/** What was written to a file, one text a write. */
const written = ({ effects }: World, path: string) =>
  effects.flatMap((effect) => (effect.type === 'writeNodeFile' && effect.path === path ? [effect.text] : []));

const said = ({ nodeEvents }: World) =>
  nodeEvents.filter(({ reason }) => reason === 'Shutdown').map(({ message }) => message);

test('logind allows five seconds; a kubelet that wants more raises it', () => {
  const path = '/etc/systemd/logind.conf.d/99-kubelet.conf';
  expect(written(node('5s'), path)).toEqual([]);
  expect(written(node('30s'), path)).toEqual(['# Kubelet logind override\n[Login]\nInhibitDelayMaxSec=30\n']);
});

test('when a shutdown began and ended stays on the disk', () => {
  const world = node('30s');
  world.programs.set('app', { stopsAfterMs: 2_500 });
  world.send({ type: 'NodeShutdownRequested' });
  world.run(10_000);
  expect(
    written(world, '/var/lib/kubelet/graceful_node_shutdown_state').map((text) => JSON.parse(text)),
  ).toEqual([
    { startTime: '2026-01-01T00:00:03Z', endTime: '0001-01-01T00:00:00Z' },
    { startTime: '2026-01-01T00:00:03Z', endTime: expect.stringMatching(/^2026-01-01T00:00:\d+/) },
  ]);
});

test('without a period the kubelet does not hear of a shutdown in time: its pods run on', () => {
  const world = node('0s');
  world.send({ type: 'NodeShutdownRequested' });
  world.run(5_000);
  expect(world.state.statuses['uid-1']?.status.phase).toBe('Running');
  expect(said(world)).toEqual([]);
});

test('a cancellation is heard when the pods that were being ended are gone', () => {
  const world = node('30s');
  world.programs.set('app', { stopsAfterMs: 4_000 });
  world.send({ type: 'NodeShutdownRequested' });
  world.send({ type: 'NodeShutdownCancelled' });
  expect(said(world)).toEqual(['Shutdown manager detected shutdown event']);
  world.run(40_000);
  expect(said(world)).toEqual([
    'Shutdown manager detected shutdown event',
    'Shutdown manager detected shutdown cancellation',
  ]);
  expect(world.state.statuses['uid-1']?.status.reason).toBe('Terminated');
});
