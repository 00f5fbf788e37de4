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

const STORY = [
  'Creating node shutdown manager',
  'Starting kubelet main sync loop',
  'SyncLoop ADD',
  'No sandbox for pod can be found. Need to start a new one',
  'SyncLoop (PLEG): event for pod',
];

test('the kubelet logs what its configuration asks for, and decides the same at every verbosity', () => {
  const [quiet, usual, loud] = [life(0), life(2), life(4)];
  const messages = ({ logged }: World) => logged.map((line) => /\] "([^"]*)"/.exec(line)?.[1] ?? line);
  const story = (world: World) => [...new Set(messages(world).filter((text) => STORY.includes(text)))];
  expect(story(usual)).toEqual(STORY);
  expect(story(quiet)).toEqual(STORY.slice(0, 2));
  expect(messages(usual)).not.toContain('SyncLoop (housekeeping)');
  expect(messages(loud)).toContain('SyncLoop (housekeeping)');
  expect(usual.logged).toEqual(expect.arrayContaining(quiet.logged));
  expect(loud.logged).toEqual(expect.arrayContaining(usual.logged));
  expect(loud.trace).toEqual(quiet.trace);
});

test('a disk that is slow to answer makes housekeeping take too long, which the log tells', () => {
  const world = new World(undefined, configured(4));
  world.tookMs = ({ type }) => (type === 'listNodeDirectory' ? 2_500 : 0);
  world.run(10_000);
  const told = world.logged.filter(
    (line) => line.includes('ousekeeping took') || line.includes('(housekeeping) end'),
  );
  expect(told.slice(0, 2)).toEqual([
    expect.stringMatching(/^E.* "Housekeeping took longer than expected" expected="1s" actual="2\.5s"$/),
    expect.stringMatching(/^I.* "SyncLoop \(housekeeping\) end" duration="2\.5s"$/),
  ]);
});
