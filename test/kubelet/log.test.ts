import { expect, test } from 'vitest';
import { DEFAULT_CONFIGURATION } from '../../src/api/kubelet-configuration/defaulting.ts';
import { pod } from './fixtures.ts';
import { World } from './world.ts';

const configured = (verbosity: number) => {
  const { logging, ...rest } = DEFAULT_CONFIGURATION;
  return { ...rest, logging: { ...logging, verbosity } };
};

function life(verbosity: number): World {
  const world = new World(undefined, configured(verbosity));
  world.apply(pod());
  world.run(5_000);
  return world;
}

test('the kubelet logs what its configuration asks for, and decides the same at every verbosity', () => {
  const [quiet, usual, loud] = [life(0), life(2), life(4)];
  const messages = ({ logged }: World) => logged.map((line) => /\] "([^"]*)"/.exec(line)?.[1]);
  const start = [
    'Creating node shutdown manager',
    'Starting kubelet main sync loop',
    'Eviction manager: starting control loop',
  ];
  expect(messages(quiet)).toEqual(start);
  expect(messages(usual).slice(0, 6)).toEqual([
    ...start,
    'SyncLoop ADD',
    'No sandbox for pod can be found. Need to start a new one',
    'SyncLoop (PLEG): event for pod',
  ]);
  expect(messages(loud)).toContain('SyncLoop (housekeeping)');
  expect(loud.trace).toEqual(quiet.trace);
});
