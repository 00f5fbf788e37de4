/** The pods and files that the cases of volumes.json speak of. */
import { mkdirSync, mkdtempSync, readFileSync, rmSync, statSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { defaultVolume } from '../../../src/api/defaulting/volume.ts';
import { DEFAULT_CONFIGURATION } from '../../../src/api/kubelet-configuration/defaulting.ts';
import type { KubeObject, Pod, Volume } from '../../../src/api/types.ts';
import { bootstrap } from '../../../src/cluster/bootstrap.ts';
import { admitServiceAccount } from '../../../src/cluster/service-accounts.ts';
import { emptyStore, find } from '../../../src/cluster/store.ts';
import { evictionConfig } from '../../../src/kubelet/eviction/config.ts';
import { type Eviction, NO_MEMORY, observe } from '../../../src/kubelet/eviction/synchronize.ts';
import { keyedDataOf } from '../../../src/kubelet/objects/keyed-data.ts';
import { type PayloadInput, payloadOf } from '../../../src/kubelet/volumes/payload.ts';
import { openSubPath } from '../../../src/runtime/wasm/fs/sub-path.ts';
import { pod } from '../../kubelet/fixtures.ts';
import { World } from '../../kubelet/world.ts';

/** A cluster, and a pod as its API server stores it. */
export function storedPod(spec: Partial<Pod['spec']> = {}) {
  const { store } = bootstrap(emptyStore(1), 0);
  const [stored] = admitServiceAccount(store, pod(spec) as unknown as KubeObject);
  return { store, pod: stored as unknown as Pod };
}

/** The volume as the API server stores it, and its files; `data` is what the ConfigMap or Secret holds. */
export function filesOf(volume: Volume, data: Readonly<Record<string, string>> | undefined) {
  const { store } = storedPod();
  const keyed: PayloadInput['keyed'] = (kind, name) => {
    if (data !== undefined) return { text: data, base64: {} };
    return keyedDataOf(find(store, kind === 'configMap' ? 'ConfigMap' : 'Secret', 'default', name));
  };
  const input: PayloadInput = { pod: pod(), allocatable: {}, keyed, token: () => 'token' };
  const made = payloadOf(defaultVolume(volume), input);
  if (made === undefined) throw new Error(`volume ${volume.name} holds no files`);
  return made;
}

/** What of a volume in a directory of this machine: tells how a sub-path of it is opened. */
export function withVolume<T>(work: (volume: string, open: (path: string) => string) => T): T {
  const root = mkdtempSync(join(tmpdir(), 'podstep-vectors-'));
  const volume = join(root, 'volume');
  mkdirSync(volume, { mode: 0o750 });
  symlinkSync(root, join(volume, 'link-to-outside'));
  const open = (path: string) =>
    openSubPath({
      volumePath: volume,
      volumeName: 'v',
      path,
      containerName: 'c',
      bindPath: join(root, 'volume-subpaths/v/c/0'),
    });
  try {
    return work(volume, open);
  } finally {
    rmSync(root, { recursive: true, force: true });
  }
}

export const isDirectory = (path: string) => statSync(path).isDirectory();
export const modeOf = (path: string) => statSync(path).mode & 0o777;
export const textOf = (path: string) => readFileSync(path, 'utf8');

/** A pod with a volume that has run and is over or not; tells whether its deletion waited for the unmount. */
export function endedPod(containersRunning: boolean) {
  const world = new World();
  world.programs.set('app', containersRunning ? {} : { runsMs: 1_000 });
  const volumes = [{ name: 'v', emptyDir: {} }];
  const containers = [{ name: 'app', image: 'busybox', volumeMounts: [{ name: 'v', mountPath: '/v' }] }];
  world.apply(pod({ restartPolicy: 'Never', terminationGracePeriodSeconds: 30, volumes, containers }));
  world.run(5_000);
  world.delete('uid-1');
  world.run(10_000);
  const unmountedMs = world.timesOf('unmountVolume')[0];
  const deletedMs = world.timesOf('deletePod')[0];
  return { unmountedMs, deletedMs };
}

/** What a monitoring pass of eviction makes of a pod whose emptyDir `v` holds this much. */
export function overSizeLimit(volume: Volume, usedBytes: number): Eviction | undefined {
  const volumes = [{ name: 'v', usedBytes }];
  const summary = { node: {}, pods: [{ podUid: 'uid-1', containers: [], volumes }] };
  const config = evictionConfig(DEFAULT_CONFIGURATION, summary.node);
  const { pass } = observe(NO_MEMORY, config, summary, [pod({ volumes: [volume] })], 0);
  return pass.type === 'storageLimits' ? pass.evictions[0] : undefined;
}
