/** What the Engine says of a sandbox or a container, in CRI's words (cri-dockerd core/convert.go, core/container_status.go). */
import type { ContainerStatus, LinuxContainerResources, PodSandboxStatus } from '../../../api/cri.ts';
import { parseTime } from '../../../lib/time.ts';
import type { ContainerInspect } from '../engine/types.ts';
import { LABEL_LOG_PATH, LABEL_SANDBOX_ID, parseName, readLabels } from './labels.ts';
import { type Noted, readNoted } from './noted.ts';

/** The code that containerd gives to what never ran (internal/cri/server/container_start.go). */
const START_ERROR_CODE = 128;

/** A sandbox is ready as long as its process runs. */
export function sandboxStatus(found: ContainerInspect): PodSandboxStatus {
  const { Id: id, Name, Created, State, Config, HostConfig } = found;
  const hostNetwork = HostConfig.NetworkMode === 'host';
  return {
    id,
    metadata: parseName(Name).pod,
    state: State.Running ? 'SANDBOX_READY' : 'SANDBOX_NOTREADY',
    createdAtMs: timeOf(Created),
    ip: hostNetwork ? '' : addressOf(found),
    ...readLabels(Config.Labels ?? {}),
    hostNetwork,
  };
}

function addressOf({ NetworkSettings: settings }: ContainerInspect): string {
  const addresses = Object.values(settings?.Networks ?? {}).map(({ IPAddress: address = '' }) => address);
  return addresses.find((address) => address !== '') ?? '';
}

export function containerStatus(found: ContainerInspect): ContainerStatus {
  const { Id: id, Name, Created, Config } = found;
  const all = Config.Labels ?? {};
  const noted = readNoted(all);
  const { image, imageRef, imageId, mounts } = noted;
  return {
    id,
    podSandboxId: all[LABEL_SANDBOX_ID] ?? '',
    metadata: parseName(Name).container,
    createdAtMs: timeOf(Created),
    ...lifeOf(found),
    image,
    imageRef,
    imageId,
    ...readLabels(all),
    mounts,
    logPath: all[LABEL_LOG_PATH] ?? '',
    resources: resourcesOf(found, noted),
  };
}

type Life = Pick<
  ContainerStatus,
  'state' | 'startedAtMs' | 'finishedAtMs' | 'exitCode' | 'reason' | 'message'
>;

/**
 * A start that failed leaves it `created`, with a code and never finished: it has ended, in containerd's words.
 * That a child was killed for memory is told at the end, also when the code is 0.
 */
function lifeOf({ State: state, Created }: ContainerInspect): Life {
  const startedAtMs = timeOf(state.StartedAt);
  const finishedAtMs = endOf(startedAtMs, timeOf(state.FinishedAt));
  const { ExitCode: exitCode, Error: message } = state;
  if (state.Running || state.Status === 'paused' || state.Status === 'restarting')
    return {
      state: 'CONTAINER_RUNNING',
      startedAtMs,
      finishedAtMs: 0,
      exitCode: 0,
      reason: '',
      message: '',
    };
  if (finishedAtMs > 0) {
    const reason = state.OOMKilled ? 'OOMKilled' : exitCode === 0 ? 'Completed' : 'Error';
    return { state: 'CONTAINER_EXITED', startedAtMs, finishedAtMs, exitCode, reason, message };
  }
  if (exitCode !== 0)
    return {
      state: 'CONTAINER_EXITED',
      startedAtMs: 0,
      finishedAtMs: timeOf(Created),
      exitCode: START_ERROR_CODE,
      reason: 'StartError',
      message,
    };
  return {
    state: 'CONTAINER_CREATED',
    startedAtMs: 0,
    finishedAtMs: 0,
    exitCode: 0,
    reason: '',
    message: '',
  };
}

/** As its group has them now. */
function resourcesOf({ HostConfig: host }: ContainerInspect, noted: Noted): LinuxContainerResources {
  const { oomScoreAdj, unified, cpusetCpus, cpuPeriod, cpuShares } = noted.resources;
  const cpus = host.CpusetCpus === undefined || host.CpusetCpus === '' ? cpusetCpus : host.CpusetCpus;
  return {
    memoryLimitBytes: Math.max(0, host.Memory ?? 0),
    cpuShares: host.CpuShares || cpuShares,
    cpuQuota: Math.max(0, host.CpuQuota ?? 0),
    cpuPeriod: host.CpuPeriod || cpuPeriod,
    oomScoreAdj,
    ...(cpus === undefined ? {} : { cpusetCpus: cpus }),
    ...(unified === undefined ? {} : { unified }),
  };
}

/** The Engine notes a start only once the process runs: what ends at once has ended, by its clock, before it began. */
function endOf(startedAtMs: number, finishedAtMs: number): number {
  return finishedAtMs === 0 ? 0 : Math.max(startedAtMs, finishedAtMs);
}

/** Epoch milliseconds; 0 for the zero time of Go. */
function timeOf(text: string): number {
  return Math.max(0, parseTime(text) ?? 0);
}
