import { expect, test } from 'vitest';
import type { CompiledImage } from '../../../src/runtime/wasm/image.ts';
import { planContainer } from '../../../src/runtime/wasm/plan.ts';
import { containerConfig } from '../../contract/setup.ts';

const image: CompiledImage = {
  id: 'sha256:1',
  repoTags: [],
  sizeBytes: 1,
  standIn: true,
  config: {
    entrypoint: ['/entry'],
    cmd: ['cmd'],
    env: ['PATH=/image', 'FROM=image', 'BOTH=image'],
    workingDir: '/image',
    user: '',
    stopSignal: 'SIGQUIT',
    exposedPorts: [],
  },
  files: [],
  programs: {},
};

const plan = (command: readonly string[], more: Parameters<typeof containerConfig>[2] = {}, from = image) =>
  planContainer({
    containerId: 'c',
    sandboxId: 's',
    hostname: 'host',
    config: containerConfig('app', command, more),
    image: from,
    user: { uid: 0, gid: 0, supplementalGroups: [0], home: '/root' },
  });

test('command replaces the entrypoint and the image’s arguments; args alone only the latter', () => {
  expect(plan([]).arguments).toEqual(['/entry', 'cmd']);
  expect(plan([], { args: ['mine'] }).arguments).toEqual(['/entry', 'mine']);
  expect(plan(['/own']).arguments).toEqual(['/own']);
  expect(plan(['/own'], { args: ['mine'] }).arguments).toEqual(['/own', 'mine']);
});

test('no command at all is refused', () => {
  const empty = { ...image, config: { ...image.config, entrypoint: [], cmd: [] } };
  expect(() => plan([], {}, empty)).toThrow('no command specified');
});

test('the pod’s variables win over the image’s, those over the defaults', () => {
  const envs = [
    { key: 'BOTH', value: 'pod' },
    { key: 'EMPTY', value: '' },
  ];
  expect(Object.fromEntries(plan([], { envs }).environment)).toEqual({
    PATH: '/image',
    HOSTNAME: 'host',
    FROM: 'image',
    BOTH: 'pod',
    EMPTY: '',
    HOME: '/root',
  });
});

test('limits, directory and stop signal come from the pod where it says them', () => {
  const resources = {
    memoryLimitBytes: 64,
    cpuShares: 2,
    cpuQuota: 50_000,
    cpuPeriod: 100_000,
    oomScoreAdj: 0,
  };
  const { cpuShares: _weight, ...limits } = resources;
  expect(plan([], { resources })).toMatchObject({ limits });
  expect(plan([])).toMatchObject({ workingDir: '/image', stopSignal: 'SIGQUIT' });
  const said = plan([], { workingDir: '/pod', stopSignal: 'SIGUSR1' });
  expect(said).toMatchObject({ workingDir: '/pod', stopSignal: 'SIGUSR1' });
});
