/** The fake runtime: the whole port in virtual time, with outcomes that a script decides. */
import { type ContainerStatus, type PodSandboxStatus, READY } from '../../api/cri.ts';
import { TERMINATION_MESSAGE } from '../../api/termination-message.ts';
import { type Runtime, RuntimeError, type RuntimeService } from '../port.ts';
import {
  createContainer,
  execSync,
  listContainers,
  removeContainer,
  startContainer,
  statsOf,
  stopContainer,
  subjectOf,
  updateContainer,
  updateSandbox,
} from './containers.ts';
import { fakeImageService } from './images.ts';
import type { Subject } from './match.ts';
import { fakeNetwork } from './network.ts';
import { FakeNode, type FakeOptions } from './node.ts';
import { listSandboxes, removeSandbox, runPodSandbox, stopSandbox } from './sandboxes.ts';
import { openAttach, openExec, openPortForward } from './sessions.ts';

export type { FakeOptions } from './node.ts';
export type { FakeScript } from './script.ts';

/** The fake can be looked into without a call that a fault could meet. */
export interface FakeRuntime extends Runtime {
  contents(): {
    readonly sandboxes: readonly PodSandboxStatus[];
    readonly containers: readonly ContainerStatus[];
  };
}

/**
 * Makes a fake runtime. The same options give the same ids, answers and events in the same order.
 * Without a script every image can be pulled, and every program runs until it is stopped.
 */
export function createFakeRuntime(options: FakeOptions = {}): FakeRuntime {
  const node = new FakeNode(options);
  return {
    contents: () => ({
      sandboxes: [...node.sandboxes.values()].map(({ status }) => status),
      containers: [...node.containers.values()].map(({ status }) => status),
    }),
    name: 'fake',
    runtimeService: fakeRuntimeService(node),
    imageService: fakeImageService(node),
    network: fakeNetwork(node),
    virtualTime: node.clock,
    close: async () => {
      for (const sandbox of [...node.sandboxes.values()]) removeSandbox(node, sandbox);
    },
  };
}

function fakeRuntimeService(node: FakeNode): RuntimeService {
  const ofContainer = (id: string): Subject => {
    const container = node.containers.get(id);
    if (container === undefined) return {};
    return subjectOf(ofSandbox(container.status.podSandboxId).pod ?? '', container.config);
  };
  const ofSandbox = (id: string): Subject => {
    const metadata = node.sandboxes.get(id)?.config.metadata;
    return metadata === undefined ? {} : { pod: metadata.name, attempt: metadata.attempt };
  };
  const { faults } = node;
  return {
    version: async () => ({ runtimeName: 'fake', runtimeVersion: '0.1.0', runtimeApiVersion: 'v1' }),
    status: async () => ({ runtime: READY, network: READY }),

    runPodSandbox: (config) =>
      faults.meet('runPodSandbox', { pod: config.metadata.name, attempt: config.metadata.attempt }, () =>
        runPodSandbox(node, config),
      ),
    stopPodSandbox: (id) =>
      faults.meet('stopPodSandbox', ofSandbox(id), () => {
        const sandbox = node.sandboxes.get(id);
        if (sandbox !== undefined) stopSandbox(node, sandbox);
      }),
    removePodSandbox: (id) =>
      faults.meet('removePodSandbox', ofSandbox(id), () => {
        const sandbox = node.sandboxes.get(id);
        if (sandbox !== undefined) removeSandbox(node, sandbox);
      }),
    podSandboxStatus: async (id) => node.sandbox(id).status,
    listPodSandbox: (filter = {}) => faults.meet('listPodSandbox', {}, () => listSandboxes(node, filter)),

    createContainer: (sandboxId, config) =>
      faults.meet('createContainer', subjectOf(ofSandbox(sandboxId).pod ?? '', config), () =>
        createContainer(node, sandboxId, config),
      ),
    startContainer: (id) =>
      faults.meet('startContainer', ofContainer(id), () => startContainer(node, node.container(id))),
    updateContainerResources: (id, resources) =>
      faults.meet('updateContainerResources', ofContainer(id), () =>
        updateContainer(node, node.container(id), resources),
      ),
    updatePodSandboxResources: async (id, { memoryLimitBytes }) => updateSandbox(node, id, memoryLimitBytes),
    stopContainer: (id, timeoutSeconds) =>
      faults.meet('stopContainer', ofContainer(id), () => stopContainer(node, id, timeoutSeconds)),
    removeContainer: (id) => faults.meet('removeContainer', ofContainer(id), () => removeContainer(node, id)),
    listContainers: (filter = {}) =>
      faults.meet('listContainers', {}, () => listContainers(node, filter).map(({ status }) => status)),
    containerStatus: async (id) => node.container(id).status,

    execSync: (id, command, timeoutSeconds) =>
      faults.meet('execSync', { ...ofContainer(id), command }, () =>
        execSync(node, node.container(id), command, timeoutSeconds),
      ),
    exec: (id, options) =>
      faults.meet('exec', { ...ofContainer(id), command: options.command }, () =>
        openExec(node, node.container(id), options),
      ),
    attach: (id, options) =>
      faults.meet('attach', ofContainer(id), () => openAttach(node, node.container(id), options)),
    portForward: (id, port) =>
      faults.meet('portForward', ofSandbox(id), () => openPortForward(node, node.sandbox(id), port)),
    reopenContainerLog: (id) =>
      faults.meet('reopenContainerLog', ofContainer(id), () => {
        const { status, logFile } = node.container(id);
        if (status.state !== 'CONTAINER_RUNNING')
          throw new RuntimeError('Unknown', 'container is not running');
        logFile?.reopen();
      }),
    containerLog: async (id, { tailLines } = {}) => {
      const { log } = node.container(id);
      return tailLines === undefined ? [...log] : log.slice(Math.max(0, log.length - tailLines));
    },
    terminationMessage: async (id) => {
      const { program, status } = node.container(id);
      const text = status.state === 'CONTAINER_EXITED' ? (program.terminationMessage ?? '') : '';
      return Buffer.from(text).subarray(-TERMINATION_MESSAGE.containerBytes).toString();
    },
    containerStats: async (id) => statsOf(node, node.container(id)),
    listPodSandboxStats: async (filter = {}) =>
      listSandboxes(node, filter)
        .filter(({ state }) => state === 'SANDBOX_READY')
        .map(({ id }) => ({ id, atMs: node.clock.now(), network: { name: 'eth0', rxBytes: 0, txBytes: 0 } })),
    listContainerStats: async (filter = {}) =>
      listContainers(node, filter).map((container) => statsOf(node, container)),
    subscribe: (listener) => node.subscribe(listener),
    getContainerEvents: (onEvent) =>
      faults.meet('getContainerEvents', {}, () => node.containerEvents.open(onEvent)),
  };
}
