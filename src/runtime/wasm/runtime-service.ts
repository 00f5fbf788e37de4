/** CRI's RuntimeService over the records and the runtime thread. */
import { READY } from '../../api/cri.ts';
import { present } from '../../lib/assert.ts';
import { RuntimeError, type RuntimeService } from '../port.ts';
import type { Call } from './calls.ts';
import { containerCalls } from './container-calls.ts';
import { containerUsage } from './container-usage.ts';
import type { CompiledImages } from './image.ts';
import type { IssueOrder } from './issue-order.ts';
import type { Node } from './node.ts';
import { sandboxCalls } from './sandbox-calls.ts';
import { streamingCalls } from './streaming.ts';

/** Records change here at once; what runs is asked of the thread, one call after the other. */
export function wasmRuntimeService(
  node: Node,
  call: Call,
  order: IssueOrder,
  images: CompiledImages,
): RuntimeService {
  return {
    async version() {
      return { runtimeName: 'podstep-wasm', runtimeVersion: '0.1.0', runtimeApiVersion: 'v1' };
    },
    status: async () => ({ runtime: READY, network: READY }),
    ...sandboxCalls(node, call),
    ...containerCalls(node, call, order, images),
    ...commandCalls(node, call),
    ...streamingCalls(node, call),
    ...statsCalls(node, call),
    subscribe: (listener) => node.subscribe(listener),
    getContainerEvents: async (onEvent) => node.containerEvents.open(onEvent),
  };
}

type CommandCalls = Pick<
  RuntimeService,
  'execSync' | 'reopenContainerLog' | 'containerLog' | 'terminationMessage'
>;

/** Commands in a container, and what it has left to read. */
function commandCalls(node: Node, call: Call): CommandCalls {
  return {
    async execSync(containerId, command, timeoutSeconds) {
      const { life } = node.container(containerId);
      if (life.state !== 'CONTAINER_RUNNING') {
        const text = `failed to exec in container: container is in ${life.state} state`;
        throw new RuntimeError('FailedPrecondition', text);
      }
      return call('exec', { containerId, command, timeoutSeconds });
    },
    async reopenContainerLog(containerId) {
      const { life, logFile } = node.container(containerId);
      if (life.state !== 'CONTAINER_RUNNING') {
        throw new RuntimeError('Unknown', `container is not running`);
      }
      logFile?.reopen();
    },
    async containerLog(containerId, options = {}) {
      return node.container(containerId).log.lines(options.tailLines);
    },
    async terminationMessage(containerId) {
      node.container(containerId);
      return call('terminationMessage', { containerId });
    },
  };
}

type StatsCalls = Pick<RuntimeService, 'containerStats' | 'listContainerStats' | 'listPodSandboxStats'>;

/** The thread knows what is used, the records whose it is. */
function statsCalls(node: Node, call: Call): StatsCalls {
  return {
    async containerStats(containerId) {
      const record = node.container(containerId);
      const [usage] = await call('usage', { containerIds: [containerId] });
      return containerUsage(record, node.now(), present(usage, 'the usage asked for'));
    },
    async listPodSandboxStats(filter = {}) {
      const ready = [...node.sandboxes.values()].filter(
        (sandbox) => sandbox.state === 'SANDBOX_READY' && sandbox.matches(filter),
      );
      const usages = await call('podUsage', { sandboxIds: ready.map(({ id }) => id) });
      return ready.map(({ id }, index) => {
        const { traffic, memoryBytes } = present(usages[index], 'the usage asked for');
        const network = { name: 'eth0', ...traffic };
        return { id, atMs: node.now(), memoryWorkingSetBytes: memoryBytes, network };
      });
    },
    async listContainerStats(filter = {}) {
      const found = [...node.containers.values()].filter((container) => container.matches(filter));
      const usages = await call('usage', { containerIds: found.map(({ id }) => id) });
      return found.map((record, index) =>
        containerUsage(record, node.now(), present(usages[index], 'the usage asked for')),
      );
    },
  };
}
