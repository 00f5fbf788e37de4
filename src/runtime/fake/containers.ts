/** The container half of the fake RuntimeService. */
import { join } from 'node:path';
import type {
  ContainerConfig,
  ContainerStats,
  ContainerStatus,
  ContainerUser,
  ExecSyncResponse,
  LinuxContainerResources,
} from '../../api/cri.ts';
import { statusNames } from '../image-names.ts';
import { type ContainerFilter, RuntimeError } from '../port.ts';
import { failed } from './faults.ts';
import { familiarImage, hasLabels, matches, matchesText, type Subject, within } from './match.ts';
import { enforceMemory, memoryOf } from './memory.ts';
import type { FakeContainer, FakeNode } from './node.ts';
import { killProgram, startProgram, stopProgram } from './process.ts';

/** What the script's rules see of a container. */
export function subjectOf(pod: string, config: ContainerConfig): Subject {
  return {
    pod,
    container: config.metadata.name,
    image: config.image,
    attempt: config.metadata.attempt,
    command: [...config.command, ...config.args],
  };
}

function ruleOf(node: FakeNode, pod: string, config: ContainerConfig) {
  return node.script.containers?.find((rule) => matches(rule.match, subjectOf(pod, config)));
}

/** Images of the fake know no users. */
function userOf({ securityContext }: ContainerConfig): ContainerUser {
  const { runAsUser: uid = 0, runAsGroup: gid = 0, supplementalGroups = [] } = securityContext;
  return { uid, gid, supplementalGroups: [...new Set([gid, ...supplementalGroups])] };
}

/** @throws RuntimeError when the sandbox is not ready, the image is not there or the name is taken */
export function createContainer(node: FakeNode, sandboxId: string, config: ContainerConfig): string {
  const sandbox = node.sandbox(sandboxId);
  if (sandbox.status.state !== 'SANDBOX_READY') {
    throw new RuntimeError('FailedPrecondition', `pod sandbox "${sandboxId}" is not ready`);
  }
  const image = findImage(node, config.imageRef || config.image);
  if (image === undefined) throw new RuntimeError('NotFound', `image "${config.image}" not found`);
  const { name, attempt } = config.metadata;
  const isTwin = ({ status }: FakeContainer) =>
    status.metadata.name === name && status.metadata.attempt === attempt;
  if (node.containersOf(sandboxId).some(isTwin)) {
    throw new RuntimeError('AlreadyExists', `container "${name}", attempt ${attempt}, already exists`);
  }
  const id = node.newId();
  const status: ContainerStatus = {
    id,
    podSandboxId: sandboxId,
    metadata: config.metadata,
    state: 'CONTAINER_CREATED',
    createdAtMs: node.clock.now(),
    startedAtMs: 0,
    finishedAtMs: 0,
    exitCode: 0,
    ...statusNames(config.image, image.id, image.repoTags),
    reason: '',
    message: '',
    labels: config.labels,
    annotations: config.annotations,
    mounts: config.mounts,
    logPath: join(sandbox.config.logDirectory, config.logPath),
    resources: config.resources,
    user: userOf(config),
  };
  node.containers.set(id, {
    status,
    config,
    podUid: sandbox.config.metadata.uid,
    program: ruleOf(node, sandbox.config.metadata.name, config)?.program ?? {},
    log: [],
    logFile: undefined,
    timers: [],
    onExit: [],
    attached: new Set(),
    inputEnded: !config.stdin,
    stopSignalSent: false,
    resources: config.resources,
    memoryBytes: undefined,
  });
  node.tell('CONTAINER_CREATED_EVENT', sandbox, id);
  return id;
}

function findImage(node: FakeNode, ref: string) {
  return node.images.get(familiarImage(ref)) ?? [...node.images.values()].find(({ id }) => id === ref);
}

export function startContainer(node: FakeNode, container: FakeContainer): void {
  const { id, state } = container.status;
  if (state !== 'CONTAINER_CREATED') {
    throw new RuntimeError('FailedPrecondition', `container "${id}" is in ${state} state`);
  }
  const sandbox = node.sandbox(container.status.podSandboxId);
  if (sandbox.status.state !== 'SANDBOX_READY') {
    throw new RuntimeError('FailedPrecondition', `pod sandbox "${sandbox.status.id}" is not ready`);
  }
  const failure = ruleOf(node, sandbox.config.metadata.name, container.config)?.startFails;
  if (failure === undefined) {
    startProgram(node, container);
    growInTime(node, container);
    return;
  }
  const nowMs = node.clock.now();
  container.status = {
    ...container.status,
    state: 'CONTAINER_EXITED',
    finishedAtMs: nowMs,
    exitCode: 128,
    reason: 'StartError',
    message: failure.message,
  };
  node.tell('CONTAINER_STOPPED_EVENT', sandbox, id);
  throw failed(failure);
}

/** Memory that the script lets grow is held against the bounds at each step. */
function growInTime(node: FakeNode, container: FakeContainer): void {
  for (const { atMs, memoryBytes } of container.program.memoryGrows ?? []) {
    const grow = () => {
      container.memoryBytes = memoryBytes;
      enforceMemory(node, container);
    };
    container.timers.push(node.clock.schedule(atMs, grow));
  }
  enforceMemory(node, container);
}

/** @throws RuntimeError when the container has exited */
export function updateContainer(
  node: FakeNode,
  container: FakeContainer,
  resources: LinuxContainerResources,
): void {
  const { id, state } = container.status;
  if (state === 'CONTAINER_EXITED') {
    throw new RuntimeError(
      'FailedPrecondition',
      `failed to update resources: container "${id}" is in ${state} state`,
    );
  }
  container.resources = resources;
  container.status = { ...container.status, resources };
  enforceMemory(node, container);
}

/** A lower bound for the whole pod takes effect at once. */
export function updateSandbox(node: FakeNode, sandboxId: string, memoryLimitBytes: number): void {
  node.sandbox(sandboxId).memoryLimitBytes = memoryLimitBytes;
  for (const container of node.containersOf(sandboxId)) enforceMemory(node, container);
}

/** The container's stop signal, and KILL after `timeoutSeconds`; resolves once it has exited. One that is gone is stopped. */
export function stopContainer(node: FakeNode, id: string, timeoutSeconds: number): Promise<void> {
  const container = node.containers.get(id);
  if (container === undefined) return Promise.resolve();
  const rule = node.script.images?.find(({ image }) => matchesText(image, container.config.image));
  const signal = container.config.stopSignal ?? rule?.stopSignal ?? 'SIGTERM';
  return stopProgram(node, container, signal, timeoutSeconds);
}

export function removeContainer(node: FakeNode, id: string): void {
  const container = node.containers.get(id);
  if (container === undefined) return;
  killProgram(node, container);
  container.logFile?.close();
  node.containers.delete(id);
  node.tell('CONTAINER_DELETED_EVENT', node.sandbox(container.status.podSandboxId), id);
}

export function listContainers(node: FakeNode, filter: ContainerFilter): readonly FakeContainer[] {
  const { id, podSandboxId, labels } = filter;
  const all = [...node.containers.values()];
  if (id === undefined && podSandboxId === undefined && labels === undefined) return all;
  return all
    .filter(({ status }) => id === undefined || status.id === id)
    .filter(({ status }) => podSandboxId === undefined || status.podSandboxId === podSandboxId)
    .filter(({ status }) => hasLabels(status.labels, labels));
}

/** Answers from the script; a command that it does not name does nothing and returns 0. */
export async function execSync(
  node: FakeNode,
  container: FakeContainer,
  command: readonly string[],
  timeoutSeconds: number,
): Promise<ExecSyncResponse> {
  const { id, state, startedAtMs } = container.status;
  if (state !== 'CONTAINER_RUNNING') {
    throw new RuntimeError('FailedPrecondition', `container "${id}" is in ${state} state`);
  }
  const sinceStartMs = node.clock.now() - startedAtMs;
  const answer = execAnswer(container, command, sinceStartMs);
  const takesMs = answer?.takesMs ?? 0;
  const timeoutMs = timeoutSeconds > 0 ? timeoutSeconds * 1000 : Number.POSITIVE_INFINITY;
  const exited = await Promise.race([
    node.clock.sleep(Math.min(takesMs, timeoutMs)).then(() => false),
    new Promise<boolean>((resolve) => {
      container.onExit.push(() => resolve(true));
    }),
  ]);
  if (exited) return { stdout: '', stderr: '', exitCode: 137 };
  if (takesMs > timeoutMs) {
    const spent = `timeout ${timeoutSeconds}s exceeded`;
    throw new RuntimeError('DeadlineExceeded', `command "${command.join(' ')}" timed out: ${spent}`);
  }
  if (answer?.fail !== undefined) throw failed(answer.fail);
  return {
    stdout: answer?.stdout ?? '',
    stderr: answer?.stderr ?? '',
    exitCode: answer?.exitCode ?? 0,
  };
}

/** What the script says of a command, so long after the container's start. */
export function execAnswer(container: FakeContainer, command: readonly string[], sinceStartMs: number) {
  return container.program.exec?.find(
    (one) => matchesText(one.command, command.join(' ')) && within(one, sinceStartMs),
  );
}

/** What the program uses at this moment, by its script. */
export function statsOf(node: FakeNode, container: FakeContainer): ContainerStats {
  const running = container.status.state === 'CONTAINER_RUNNING';
  const runMs = running ? node.clock.now() - container.status.startedAtMs : 0;
  const cpuNanoCores = running ? (container.program.cpuNanoCores ?? 1_000_000) : 0;
  return {
    id: container.status.id,
    atMs: node.clock.now(),
    cpuUsageNanoCores: cpuNanoCores,
    cpuUsageCoreNanoSeconds: Math.round((cpuNanoCores * runMs) / 1000),
    memoryWorkingSetBytes: memoryOf(container),
    writableLayerBytes: container.program.writableLayerBytes ?? 0,
    writableLayerInodes: container.program.writableLayerBytes === undefined ? 0 : 1,
    logBytes: container.logFile?.bytes() ?? container.log.reduce((sum, { text }) => sum + text.length + 1, 0),
    processCount: running ? (container.program.processes ?? 1) : 0,
  };
}
