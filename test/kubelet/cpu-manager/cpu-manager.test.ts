import { expect, test } from 'vitest';
import { DEFAULT_CONFIGURATION } from '../../../src/api/kubelet-configuration/defaulting.ts';
import type { KubeletConfiguration } from '../../../src/api/kubelet-configuration/fields.ts';
import type { Container } from '../../../src/api/types.ts';
import { writeCheckpoint } from '../../../src/kubelet/cpu-manager/checkpoint.ts';
import { CPU_MANAGER_STATE_FILE } from '../../../src/kubelet/cpu-manager/cpu-manager.ts';
import { formatCpus } from '../../../src/kubelet/cpu-manager/cpu-set.ts';
import type { Effect } from '../../../src/machines/effects.ts';
import { pod } from '../fixtures.ts';
import { World } from '../world.ts';

const STATIC = {
  ...DEFAULT_CONFIGURATION,
  cpuManagerPolicy: 'static',
  systemReserved: { cpu: '500m' },
};
const CAPACITY = { cpuMilli: 8_000, memoryBytes: 8 * 2 ** 30, pods: 110 };

function exclusive(name: string, cpu: string): Container {
  const amounts = { cpu, memory: '64Mi' };
  return { name, image: 'busybox', resources: { requests: amounts, limits: amounts } };
}

const shared: Container = { name: 'shared', image: 'busybox' };

/** A kubelet with the static policy; `checkpoint` is what an earlier one left. */
function kubelet({
  checkpoint,
  config = STATIC,
}: {
  checkpoint?: string;
  config?: KubeletConfiguration;
} = {}) {
  const world = new World(
    CAPACITY,
    config,
    checkpoint === undefined ? {} : { [CPU_MANAGER_STATE_FILE]: checkpoint },
  );
  world.run(0);
  return world;
}

const written = (world: World) => world.files.get(CPU_MANAGER_STATE_FILE);
const created = (world: World, name: string) =>
  world.effects.find(
    (effect): effect is Extract<Effect, { type: 'createContainer' }> & { atMs: number } =>
      effect.type === 'createContainer' && effect.config.metadata.name === name,
  )?.config.resources;

test('the first start writes the checkpoint; the reserved CPU stays in the shared pool', () => {
  const world = kubelet();
  expect(written(world)).toMatch(/^{"policyName":"static","defaultCpuSet":"0-7","checksum":\d+}$/);
  expect(formatCpus(world.state.cpuManager.policy?.reserved ?? [])).toBe('0');
});

test('policy none writes the file that every kubelet writes', () => {
  const world = kubelet({ config: DEFAULT_CONFIGURATION });
  expect(written(world)).toBe('{"policyName":"none","defaultCpuSet":"","checksum":1353318690}');
});

test('a Guaranteed container with whole CPUs has them for itself and no quota; others share the rest', () => {
  const world = kubelet();
  world.apply(pod({ containers: [exclusive('app', '2')] }, { uid: 'a', name: 'a' }));
  world.apply(pod({ containers: [shared] }, { uid: 'b', name: 'b' }));
  world.run(5_000);
  expect(created(world, 'app')).toMatchObject({ cpusetCpus: '1,5', cpuQuota: 0 });
  expect(created(world, 'shared')).toMatchObject({ cpusetCpus: '0,2-4,6-7' });
  expect(JSON.parse(written(world) ?? '')).toMatchObject({
    defaultCpuSet: '0,2-4,6-7',
    entries: { a: { app: '1,5' } },
  });
});

test('running containers of the shared pool follow it within ten seconds, and CPUs come back', () => {
  const world = kubelet();
  world.apply(pod({ containers: [shared] }, { uid: 'b', name: 'b' }));
  world.run(5_000);
  expect(created(world, 'shared')).toMatchObject({ cpusetCpus: '0-7' });
  world.apply(pod({ containers: [exclusive('app', '2')] }, { uid: 'a', name: 'a' }));
  world.run(10_000);
  const moved = () =>
    world.effects.flatMap((effect) =>
      effect.type === 'updateContainerResources' ? [effect.resources.cpusetCpus] : [],
    );
  expect(moved()).toEqual(['0,2-4,6-7']);
  world.delete('a', 1);
  world.run(30_000);
  expect(moved()).toEqual(['0,2-4,6-7', '0-7']);
  expect(JSON.parse(written(world) ?? '')).not.toHaveProperty('entries');
});

test('a pod whose CPUs cannot be given is turned away in the kubelet’s words', () => {
  const world = kubelet();
  world.apply(pod({ containers: [exclusive('app', '8')] }, { uid: 'a', name: 'a' }));
  world.run(2_000);
  expect(world.statuses.get('a')).toMatchObject({
    phase: 'Failed',
    reason: 'UnexpectedAdmissionError',
    message:
      'Pod was rejected: Allocate failed due to not enough cpus available to satisfy request: requested=8, available=7, which is unexpected',
  });
});

test('full-pcpus-only refuses half a core by a reason of its own', () => {
  const config = { ...STATIC, cpuManagerPolicyOptions: { 'full-pcpus-only': 'true' } };
  const world = kubelet({ config });
  world.apply(pod({ containers: [exclusive('app', '1')] }, { uid: 'a', name: 'a' }));
  world.run(2_000);
  expect(world.statuses.get('a')).toMatchObject({ reason: 'SMTAlignmentError' });
});

test('a pod that comes before the checkpoint is read waits for it', () => {
  const world = new World(CAPACITY, STATIC);
  world.apply(pod({ containers: [exclusive('app', '2')] }, { uid: 'a', name: 'a' }));
  expect(world.state.workers).toEqual({});
  world.run(5_000);
  expect(created(world, 'app')).toMatchObject({ cpusetCpus: '1,5' });
});

const left = writeCheckpoint('none', { entries: {}, defaultCpuSet: [] });

test('a checkpoint of another policy ends the kubelet, and nothing reaches it any more', () => {
  const world = kubelet({ checkpoint: left });
  expect(world.state.exited).toBe(
    'Failed to start ContainerManager: start cpu manager error: could not restore state from checkpoint: configured policy "static" differs from state checkpoint policy "none", please drain this node and delete the CPU manager checkpoint file "/var/lib/kubelet/cpu_manager_state" before restarting Kubelet',
  );
  const before = world.effects.length;
  world.apply(pod());
  world.run(60_000);
  expect(world.effects.length).toBe(before);
  expect(written(world)).toBe(left);
});

test('a machine with other CPUs ends it too; without the file it starts', () => {
  const six = writeCheckpoint('static', { entries: {}, defaultCpuSet: [0, 1, 2, 3, 4, 5] });
  expect(kubelet({ checkpoint: six }).state.exited).toContain(
    'current set of available CPUs "0-7" doesn\'t match with CPUs in state "0-5"',
  );
  expect(kubelet().state.exited).toBeUndefined();
});

test('after a restart pods keep the CPUs that the file says', () => {
  const kept = writeCheckpoint('static', {
    entries: { a: { app: [2, 6] } },
    defaultCpuSet: [0, 1, 3, 4, 5, 7],
  });
  const world = kubelet({ checkpoint: kept });
  world.apply(pod({ containers: [exclusive('app', '2')] }, { uid: 'a', name: 'a' }));
  world.run(5_000);
  expect(created(world, 'app')).toMatchObject({ cpusetCpus: '2,6' });
});

test('a policy that cannot be ends the kubelet with its configuration as the cause, not a file', () => {
  const world = kubelet({ config: { ...STATIC, systemReserved: {} } });
  expect(world.state.exited).toBe(
    'failed to run Kubelet: [cpumanager] the static policy requires systemreserved.cpu + kubereserved.cpu to be greater than zero',
  );
});
