import { expect, test } from 'vitest';
import type { MeasuredStats } from '../../../src/api/stats.ts';
import type { Pod } from '../../../src/api/types.ts';
import { summarize } from '../../../src/kubelet/stats/summary.ts';
import { pod } from '../fixtures.ts';

const DISK = { device: 'a', capacityBytes: 10_000, inodes: 100 };

function container(name: string, podUid: string, running: boolean) {
  return {
    podUid,
    name,
    running,
    stats: {
      id: name,
      atMs: 7,
      cpuUsageNanoCores: 1,
      cpuUsageCoreNanoSeconds: 2,
      memoryWorkingSetBytes: running ? 300 : 0,
      writableLayerBytes: 1_000,
      writableLayerInodes: 2,
      logBytes: 100,
      processCount: running ? 3 : 0,
    },
  };
}

const measured: MeasuredStats = {
  atMs: 7,
  machine: {
    memoryBytes: 4_000,
    disk: DISK,
    imageDisk: DISK,
    maxPID: 50,
    own: { memoryBytes: 500, diskBytes: 2_000, inodes: 10, processes: 5 },
  },
  containers: [container('app', 'uid-1', true), container('old', 'uid-1', false)],
  images: { usedBytes: 1_500, inodesUsed: 3 },
  volumes: [{ podUid: 'uid-1', name: 'data', usedBytes: 400, inodesUsed: 4 }],
};

const volumes: Pod['spec']['volumes'] = [{ name: 'data', emptyDir: {} }];
const summary = (changes: Partial<MeasuredStats> = {}, before = measured.volumes) =>
  summarize({
    measured: { ...measured, ...changes },
    volumes: before,
    podOf: (uid) => (uid === 'uid-1' ? pod({ volumes }) : undefined),
    reservedMemoryBytes: 1_000,
  });

test('a pod uses what its running containers and its volumes use', () => {
  expect(summary().pods).toMatchObject([
    {
      podUid: 'uid-1',
      memory: { workingSetBytes: 300 },
      containers: [{ name: 'app', rootfs: { usedBytes: 1_000 }, logs: { usedBytes: 100, inodesUsed: 1 } }],
      volumes: [{ name: 'data', usedBytes: 400 }],
      ephemeralStorage: { usedBytes: 1_500, inodesUsed: 7 },
      processCount: 3,
    },
  ]);
});

test('what the dead have left still takes disk, and nothing else', () => {
  const { node } = summary();
  expect(node.memory).toMatchObject({ availableBytes: 3_200, workingSetBytes: 800 });
  expect(node.podsCgroup).toMatchObject({ availableBytes: 2_700, workingSetBytes: 300 });
  expect(node.rlimit).toMatchObject({ maxPID: 50, runningProcesses: 8 });
  // Own, two layers, two logs, images, a volume.
  const usedBytes = 2_000 + 2 * 1_000 + 2 * 100 + 1_500 + 400;
  expect(node.fs).toMatchObject({ usedBytes, availableBytes: 10_000 - usedBytes, device: 'a' });
});

test('file systems of one disk share its room; each says what is its own', () => {
  const { fs, imageFs, containerFs } = summary().node;
  expect([imageFs?.usedBytes, containerFs?.usedBytes]).toEqual([1_500, 2_000]);
  expect([imageFs?.availableBytes, containerFs?.availableBytes]).toEqual([
    fs?.availableBytes,
    fs?.availableBytes,
  ]);
});

test('images with a disk of their own leave the first one alone', () => {
  const imageDisk = { ...DISK, device: 'b' };
  const { fs, imageFs } = summary({ machine: { ...measured.machine, imageDisk } }).node;
  expect(fs).toMatchObject({ device: 'a', usedBytes: 2_000 + 200 + 400 });
  expect(imageFs).toMatchObject({ device: 'b', usedBytes: 1_500, availableBytes: 10_000 - 1_500 - 2_000 });
});

test('a pod is told of the volumes as they were; the disk is as full as it is now', () => {
  const grown = summary({ volumes: [{ podUid: 'uid-1', name: 'data', usedBytes: 900, inodesUsed: 4 }] });
  expect(grown.pods[0]?.volumes).toMatchObject([{ usedBytes: 400 }]);
  expect(grown.node.fs?.usedBytes).toBe((summary().node.fs?.usedBytes ?? 0) + 500);
});

test('an emptyDir in memory is memory of its pod, and takes no disk', () => {
  const inMemory = [{ name: 'data', emptyDir: { medium: 'Memory' } }];
  const { node, pods } = summarize({
    measured,
    volumes: measured.volumes,
    podOf: (uid) => (uid === 'uid-1' ? pod({ volumes: inMemory }) : undefined),
    reservedMemoryBytes: 0,
  });
  expect(pods[0]).toMatchObject({ memory: { workingSetBytes: 700 }, ephemeralStorage: { usedBytes: 1_100 } });
  expect(node.memory).toMatchObject({ workingSetBytes: 1_200 });
  expect(node.fs?.usedBytes).toBe((summary().node.fs?.usedBytes ?? 0) - 400);
});
