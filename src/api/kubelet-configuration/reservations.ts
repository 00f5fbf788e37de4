/** What the kubelet refuses of what it is told to keep for the system (validation.go, enforceNodeAllocatable and reservedSystemCPUs). */
import type { KubeletConfiguration } from './fields.ts';

type Found = readonly [path: string, problem: string];

const FLAG = 'enforceNodeAllocatable (--enforce-node-allocatable)';

const RESERVED = [
  { name: 'system-reserved', cgroup: 'systemReservedCgroup', flag: '--system-reserved-cgroup' },
  { name: 'kube-reserved', cgroup: 'kubeReservedCgroup', flag: '--kube-reserved-cgroup' },
] as const;

/** Every enforcement that is unknown, said twice, or lacks what it needs. */
export function enforcementProblems(config: KubeletConfiguration): readonly Found[] {
  const { enforceNodeAllocatable: enforced } = config;
  const excluded = RESERVED.flatMap(({ name }): Found[] => {
    const both = enforced.includes(name) && enforced.includes(`${name}-compressible`);
    return both
      ? [
          [
            'enforceNodeAllocatable',
            `both "${name}" and "${name}-compressible" cannot be specified together in ${FLAG}`,
          ],
        ]
      : [];
  });
  const single = enforced.flatMap((option, index) => {
    const path = `enforceNodeAllocatable[${index}]`;
    return problemsOf(option, enforced.indexOf(option) < index, config).map(
      (problem): Found => [path, problem],
    );
  });
  return [...excluded, ...single];
}

function problemsOf(option: string, repeated: boolean, config: KubeletConfiguration): readonly string[] {
  if (repeated) return [`duplicated enforcements ${JSON.stringify(option)} in ${FLAG}`];
  if (option === 'none') {
    const alone = config.enforceNodeAllocatable.length === 1;
    return alone ? [] : [`${FLAG} may not contain additional enforcements when "none" is specified`];
  }
  const reserved = RESERVED.find(({ name }) => option === name || option === `${name}-compressible`);
  if (reserved === undefined && option !== 'pods') {
    return [
      `option ${JSON.stringify(option)} specified for ${FLAG}. Valid options are "pods", "system-reserved", "system-reserved-compressible", "kube-reserved", "kube-reserved-compressible" or "none"`,
    ];
  }
  const problems: string[] = [];
  if (reserved !== undefined && config[reserved.cgroup] === '') {
    const { name, cgroup, flag } = reserved;
    problems.push(
      `${cgroup} (${flag}) must be specified when "${name}" or "${name}-compressible" included in ${FLAG}`,
    );
  }
  if (!config.cgroupsPerQOS) {
    problems.push(
      `cgroupsPerQOS (--cgroups-per-qos) must be set to true when ${JSON.stringify(option)} contained in ${FLAG}`,
    );
  }
  return problems;
}

/** A list of CPUs that cannot be read, or that stands beside cgroups of their own. */
export function reservedCpuProblems(config: KubeletConfiguration): readonly Found[] {
  const { reservedSystemCPUs: cpus, systemReservedCgroup, kubeReservedCgroup } = config;
  const path = 'reservedSystemCPUs';
  if (cpus === '') return [];
  const problems: Found[] = [];
  if (systemReservedCgroup !== '' || kubeReservedCgroup !== '') {
    problems.push([
      path,
      "can't use reservedSystemCPUs (--reserved-cpus) with systemReservedCgroup (--system-reserved-cgroup) or kubeReservedCgroup (--kube-reserved-cgroup)",
    ]);
  }
  const bad = cpus
    .split(',')
    .flatMap((range) => range.split('-', 2))
    .find((cpu) => !/^\d+$/.test(cpu));
  if (bad !== undefined) {
    const error = `strconv.Atoi: parsing ${JSON.stringify(bad)}: invalid syntax`;
    problems.push([path, `unable to parse reservedSystemCPUs (--reserved-cpus) ${cpus}, error: ${error}`]);
  }
  return problems;
}
