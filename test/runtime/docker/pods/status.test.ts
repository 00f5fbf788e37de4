import { describe, expect, test } from 'vitest';
import type { ContainerInspect } from '../../../../src/runtime/docker/engine/types.ts';
import { containerBody } from '../../../../src/runtime/docker/pods/container-body.ts';
import { containerStatus, sandboxStatus } from '../../../../src/runtime/docker/pods/status.ts';
import { containerConfig } from '../../../contract/setup.ts';

const NEVER = '0001-01-01T00:00:00Z';
const config = containerConfig('web', []);
const { Labels: labels } = containerBody(config, {
  owner: 'here',
  cgroupParent: '/p',
  leastOomScoreAdj: -1000,
  sandboxId: 'abc',
  sharedProcessNamespace: false,
  logPath: '/var/log/pods/web/0.log',
  mounts: [],
  noted: {
    image: 'i',
    imageRef: 'r',
    imageId: 's',
    mounts: [],
    resources: config.resources,
    terminationFile: '',
  },
});

type State = ContainerInspect['State'];
const found = (state: Partial<State>, more: Partial<ContainerInspect> = {}): ContainerInspect =>
  ({
    Id: 'id',
    Created: '2026-01-01T00:00:00.5Z',
    Name: '/k8s_web_pod_default_uid_2',
    Image: 'sha256:1',
    Path: 'sh',
    Args: [],
    State: {
      Status: 'exited',
      Running: false,
      Pid: 0,
      ExitCode: 0,
      OOMKilled: false,
      Error: '',
      StartedAt: '2026-01-01T00:00:01Z',
      FinishedAt: '2026-01-01T00:00:03Z',
      ...state,
    },
    Config: { Hostname: '', User: '', Image: 'i', Labels: labels, Tty: false },
    HostConfig: {},
    NetworkSettings: { Networks: {} },
    ...more,
  }) as ContainerInspect;

const RUNNING = { Status: 'running', Running: true, Pid: 7, FinishedAt: NEVER } as const;
const CREATED = { Status: 'created', StartedAt: NEVER, FinishedAt: NEVER } as const;

describe('a container', () => {
  test.each<[string, Partial<State>, object]>([
    ['created', CREATED, { state: 'CONTAINER_CREATED', startedAtMs: 0, finishedAtMs: 0 }],
    ['running', RUNNING, { state: 'CONTAINER_RUNNING', finishedAtMs: 0, exitCode: 0, reason: '' }],
    ['paused', { ...RUNNING, Status: 'paused' }, { state: 'CONTAINER_RUNNING' }],
    ['ended well', {}, { state: 'CONTAINER_EXITED', exitCode: 0, reason: 'Completed' }],
    ['ended ill', { ExitCode: 3 }, { state: 'CONTAINER_EXITED', exitCode: 3, reason: 'Error' }],
    ['out of memory', { ExitCode: 137, OOMKilled: true }, { exitCode: 137, reason: 'OOMKilled' }],
    ['a child out of memory', { OOMKilled: true }, { exitCode: 0, reason: 'OOMKilled' }],
    [
      'never started',
      { ...CREATED, ExitCode: 127, Error: 'no such file' },
      {
        state: 'CONTAINER_EXITED',
        exitCode: 128,
        reason: 'StartError',
        message: 'no such file',
        startedAtMs: 0,
      },
    ],
  ])('%s', (_case, state, expected) => {
    expect(containerStatus(found(state))).toMatchObject(expected);
  });

  test('one that ended before the Engine noted its start has ended at its start', () => {
    const status = containerStatus(found({ FinishedAt: '2026-01-01T00:00:00.999Z' }));
    expect(status.finishedAtMs).toBe(status.startedAtMs);
  });

  test('name, attempt, sandbox, image and log are read from name and labels', () => {
    expect(containerStatus(found(RUNNING))).toMatchObject({
      podSandboxId: 'abc',
      metadata: { name: 'web', attempt: 2 },
      image: 'i',
      imageRef: 'r',
      logPath: '/var/log/pods/web/0.log',
      labels: config.labels,
      annotations: config.annotations,
    });
  });

  test('its bounds are the Engine’s as they are now, its OOM score the one asked for', () => {
    const host = { Memory: 2048, CpuQuota: -1, CpuPeriod: 0, CpuShares: 0, OomScoreAdj: 0 };
    expect(containerStatus(found(RUNNING, { HostConfig: host })).resources).toEqual({
      ...config.resources,
      memoryLimitBytes: 2048,
    });
  });
});

describe('a sandbox', () => {
  const networks = { none: { IPAddress: '' }, bridge: { IPAddress: '172.17.0.2' } };
  const sandbox = (state: Partial<State>, host: ContainerInspect['HostConfig'] = {}) =>
    sandboxStatus(
      found(state, {
        Name: '/k8s_POD_pod_default_uid_1',
        HostConfig: host,
        NetworkSettings: { Networks: networks } as ContainerInspect['NetworkSettings'],
      }),
    );

  test('it is ready while its process runs, with the address of its network', () => {
    expect(sandbox(RUNNING)).toMatchObject({
      state: 'SANDBOX_READY',
      ip: '172.17.0.2',
      metadata: { name: 'pod', namespace: 'default', uid: 'uid', attempt: 1 },
    });
    expect(sandbox({}).state).toBe('SANDBOX_NOTREADY');
  });

  test('with the host’s network it has no address of its own', () => {
    expect(sandbox(RUNNING, { NetworkMode: 'host' })).toMatchObject({ ip: '', hostNetwork: true });
  });
});
