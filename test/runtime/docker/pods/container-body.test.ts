import { expect, test } from 'vitest';
import type { ContainerConfig } from '../../../../src/api/cri.ts';
import type { LinuxContainerSecurityContext } from '../../../../src/api/cri-security.ts';
import {
  changedResources,
  containerBody,
  engineResources,
} from '../../../../src/runtime/docker/pods/container-body.ts';
import { LABEL_CONFIG } from '../../../../src/runtime/docker/pods/labels.ts';
import { readNoted } from '../../../../src/runtime/docker/pods/noted.ts';
import { containerConfig } from '../../../contract/setup.ts';

const plain = containerConfig('web', []);
const noted = {
  image: 'busybox:1.36',
  imageRef: 'ref',
  imageId: 'sha256:1',
  mounts: [],
  resources: plain.resources,
  terminationFile: '/termination/web',
};

const body = (more: Partial<ContainerConfig> = {}, around: { shared?: boolean; least?: number } = {}) =>
  containerBody(
    { ...plain, ...more },
    {
      owner: 'here',
      cgroupParent: '/podstep-1/pod1',
      leastOomScoreAdj: around.least ?? -1000,
      sandboxId: 'abc',
      sharedProcessNamespace: around.shared ?? false,
      logPath: '/var/log/pods/web/0.log',
      mounts: [],
      noted,
    },
  );
const secured = (more: Partial<LinuxContainerSecurityContext>) =>
  body({ securityContext: { readonlyRootfs: false, privileged: false, ...more } });

test('a container is a member of its sandbox’s network and IPC, in the pod’s group', () => {
  expect(body().HostConfig).toMatchObject({
    NetworkMode: 'container:abc',
    IpcMode: 'container:abc',
    CgroupParent: '/podstep-1/pod1',
    RestartPolicy: { Name: 'no' },
  });
});

test.each([
  ['neither', [], [], undefined, undefined],
  ['command alone', ['sh'], [], ['sh'], undefined],
  ['arguments alone', [], ['-v'], undefined, ['-v']],
  ['both', ['sh'], ['-c'], ['sh'], ['-c']],
])('of the image’s command, what is given replaces: %s', (_case, command, args, entrypoint, cmd) => {
  const made = body({ command, args });
  expect([made.Entrypoint, made.Cmd]).toEqual([entrypoint, cmd]);
});

test('the user is told with its group, and the image’s is left where none is named', () => {
  expect(body().User).toBeUndefined();
  expect(secured({ runAsUser: 7 }).User).toBe('7');
  expect(secured({ runAsUser: 7, runAsGroup: 8, supplementalGroups: [9] })).toMatchObject({
    User: '7:8',
    HostConfig: { GroupAdd: ['9'] },
  });
});

test('processes are its own, the pod’s, or those of a target', () => {
  expect(body().HostConfig.PidMode).toBeUndefined();
  expect(body({}, { shared: true }).HostConfig.PidMode).toBe('container:abc');
  expect(secured({ pidNamespace: { mode: 'POD' } }).HostConfig.PidMode).toBe('container:abc');
  expect(secured({ pidNamespace: { mode: 'TARGET', targetId: 'def' } }).HostConfig.PidMode).toBe(
    'container:def',
  );
});

test('memory is memory and swap together; an OOM score that the Engine may not give is the least it may', () => {
  const resources = { ...plain.resources, memoryLimitBytes: 1024, oomScoreAdj: -997 };
  expect(body({ resources }, { least: 0 }).HostConfig).toMatchObject({
    Memory: 1024,
    MemorySwap: 1024,
    OomScoreAdj: 0,
  });
  expect(engineResources({ ...resources, cpusetCpus: '0-1' }).CpusetCpus).toBe('0-1');
});

test('of what runs, a bound is taken away by -1', () => {
  expect(changedResources(plain.resources)).toMatchObject({ Memory: -1, MemorySwap: -1, CpuQuota: -1 });
  expect(
    changedResources({ ...plain.resources, memoryLimitBytes: 1024, cpuQuota: 5000, cpuShares: 512 }),
  ).toMatchObject({ Memory: 1024, MemorySwap: 1024, CpuQuota: 5000, CpuShares: 512 });
});

test('what an inspect would not give back lies in a label, and is read again', () => {
  expect(readNoted(body().Labels)).toEqual(noted);
  expect(() => readNoted({})).toThrow('is not as podstep writes it: ');
  expect(() => readNoted({ ...body().Labels, [LABEL_CONFIG]: '{}' })).toThrow('not as podstep writes it');
});

test('environment, directory, terminal, input and stop signal are handed on', () => {
  const made = body({
    envs: [{ key: 'A', value: 'b=c' }],
    workingDir: '/srv',
    stdin: true,
    stdinOnce: true,
    tty: true,
    stopSignal: 'SIGUSR1',
  });
  expect(made).toMatchObject({
    Env: ['A=b=c'],
    WorkingDir: '/srv',
    OpenStdin: true,
    StdinOnce: true,
    Tty: true,
    StopSignal: 'SIGUSR1',
  });
});
