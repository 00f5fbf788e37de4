import { describe, expect, test } from 'vitest';
import { DEFAULT_CONFIGURATION } from '../../../src/api/kubelet-configuration/defaulting.ts';
import { loadConfiguration } from '../../../src/api/kubelet-configuration/read.ts';
import { formatManifestError } from '../../../src/api/manifest/errors.ts';

const HEAD = 'apiVersion: kubelet.config.k8s.io/v1beta1\nkind: KubeletConfiguration\n';

function load(lines: string) {
  const { config, errors, warnings } = loadConfiguration(`${HEAD}${lines}`, 'kubelet.yaml');
  return { config, errors: errors.map(formatManifestError), warnings };
}

const configOf = (lines: string) => load(lines).config;

describe('the configuration file', () => {
  test('a file that says nothing gives the defaults', () => {
    expect(load('')).toEqual({ config: DEFAULT_CONFIGURATION, errors: [], warnings: [] });
  });

  test('a file without a word in it is refused', () => {
    const { errors } = loadConfiguration('', 'kubelet.yaml');
    expect(errors.map(formatManifestError)).toEqual([
      'kubelet.yaml:1:1: kubelet config file "kubelet.yaml" was empty',
    ]);
  });

  test('durations come in milliseconds, sizes in bytes, and JSON is read as well', () => {
    expect(configOf('syncFrequency: 1m30s\ncontainerLogMaxSize: 5Mi\n')).toMatchObject({
      syncFrequencyMs: 90_000,
      containerLogMaxSizeBytes: 5 * 1024 ** 2,
    });
    const json = `{"apiVersion":"kubelet.config.k8s.io/v1beta1","kind":"KubeletConfiguration","maxPods":3}`;
    expect(loadConfiguration(json, 'kubelet.json').config?.maxPods).toBe(3);
  });

  test('an explicit zero is kept only where Go has a pointer', () => {
    const config = configOf('registryPullQPS: 0\nregistryBurst: 0\nmaxPods: 0\nsyncFrequency: 0s\n');
    expect(config).toMatchObject({
      registryPullQPS: 0,
      registryBurst: 10,
      maxPods: 110,
      syncFrequencyMs: 60_000,
    });
  });

  test('who sets how often the status is computed has it reported as often', () => {
    expect(configOf('nodeStatusUpdateFrequency: 4s\n')?.nodeStatusReportFrequencyMs).toBe(4_000);
    expect(
      configOf('nodeStatusUpdateFrequency: 4s\nnodeStatusReportFrequency: 1m\n')?.nodeStatusReportFrequencyMs,
    ).toBe(60_000);
  });

  test('pulls are serialised unless several may run at a time', () => {
    expect(configOf('maxParallelImagePulls: 1\n')?.serializeImagePulls).toBe(true);
    expect(configOf('maxParallelImagePulls: 2\n')?.serializeImagePulls).toBe(false);
    expect(load('maxParallelImagePulls: 2\nserializeImagePulls: true\n').errors).toEqual([
      'kubelet.yaml:3:24: invalid configuration: maxParallelImagePulls cannot be larger than 1 unless SerializeImagePulls (--serialize-image-pulls) is set to false',
    ]);
  });

  test('eviction thresholds of a file replace all of the defaults, unless they are to be merged', () => {
    const own = 'evictionHard:\n  memory.available: 1Gi\n';
    expect(configOf(own)?.evictionHard).toEqual({ 'memory.available': '1Gi' });
    expect(configOf(`${own}mergeDefaultEvictionSettings: true\n`)?.evictionHard).toEqual({
      ...DEFAULT_CONFIGURATION.evictionHard,
      'memory.available': '1Gi',
    });
  });

  test.each([
    ['maxPod: 3\n', 'kubelet.yaml:3:1: strict decoding error: unknown field "maxPod"'],
    [
      'authentication:\n  webhook:\n    cacheTtl: 2m\n',
      'kubelet.yaml:5:5: strict decoding error: unknown field "authentication.webhook.cacheTtl"',
    ],
    [
      'maxPods: "3"\n',
      'kubelet.yaml:3:10: json: cannot unmarshal string into Go struct field KubeletConfiguration.maxPods of type int32',
    ],
    ['syncFrequency: 10\n', 'kubelet.yaml:3:16: json: cannot unmarshal number into Go value of type string'],
    ['syncFrequency: "10"\n', 'kubelet.yaml:3:16: time: missing unit in duration "10"'],
    ['syncFrequency: 10d\n', 'kubelet.yaml:3:16: time: unknown unit "d" in duration "10d"'],
    ['syncFrequency: soon\n', 'kubelet.yaml:3:16: time: invalid duration "soon"'],
    [
      'shutdownGracePeriod: 1s\nshutdownGracePeriodCriticalPods: 2s\n',
      'kubelet.yaml:4:34: invalid configuration: shutdownGracePeriodCriticalPods {2s} must be <= shutdownGracePeriod {1s}',
    ],
    [
      'crashLoopBackOff:\n  maxContainerRestartPeriod: 500ms\n',
      'kubelet.yaml:4:30: invalid configuration: CrashLoopBackOff.MaxContainerRestartPeriod (got: 0.5 seconds) must be set between 1s and 300s',
    ],
    [
      'containerLogMaxSize: much\n',
      `kubelet.yaml:3:22: failed to parse container log max size "much": quantities must match the regular expression '^([+-]?[0-9.]+)([eEinumkKMGTP]*[-+]?[0-9]*)$'`,
    ],
    [
      'imageGCHighThresholdPercent: 70\n',
      'kubelet.yaml:1:1: invalid configuration: imageGCLowThresholdPercent (--image-gc-low-threshold) 80 must be less than imageGCHighThresholdPercent (--image-gc-high-threshold) 70',
    ],
    [
      'enforceNodeAllocatable: [pods, everything]\n',
      'kubelet.yaml:3:32: invalid configuration: option "everything" specified for enforceNodeAllocatable (--enforce-node-allocatable). Valid options are "pods", "system-reserved", "system-reserved-compressible", "kube-reserved", "kube-reserved-compressible" or "none"',
    ],
    [
      'enforceNodeAllocatable: [kube-reserved]\n',
      'kubelet.yaml:3:26: invalid configuration: kubeReservedCgroup (--kube-reserved-cgroup) must be specified when "kube-reserved" or "kube-reserved-compressible" included in enforceNodeAllocatable (--enforce-node-allocatable)',
    ],
    [
      'reservedSystemCPUs: 0-x\n',
      'kubelet.yaml:3:21: invalid configuration: unable to parse reservedSystemCPUs (--reserved-cpus) 0-x, error: strconv.Atoi: parsing "x": invalid syntax',
    ],
  ])('%j is refused in the words of the kubelet', (lines, error) => {
    expect(load(lines)).toEqual({ config: undefined, errors: [error], warnings: [] });
  });

  test('a file of another kind is none', () => {
    const { errors } = loadConfiguration('apiVersion: v1\nkind: Pod\n', 'pod.yaml');
    expect(errors.map(formatManifestError)).toEqual([
      'pod.yaml:2:7: no kind "Pod" is registered for version "v1" in scheme "pkg/kubelet/apis/config/scheme/scheme.go:33"',
    ]);
  });

  test('what nothing here honours is told, each at its place', () => {
    const { warnings } = load(
      'maxPods: 3\ncgroupDriver: systemd\nfeatureGates:\n  MemoryQoS: true\n  Foo: true\n',
    );
    expect(warnings.map(({ path, line }) => [path, line])).toEqual([
      ['cgroupDriver', 4],
      ['featureGates.Foo', 7],
    ]);
  });
});
