/** The sandbox half of the fake RuntimeService. */
import type { PodSandboxConfig, PodSandboxStatus } from '../../api/cri.ts';
import { type PodSandboxFilter, RuntimeError } from '../port.ts';
import { removeContainer } from './containers.ts';
import { hasLabels, matches } from './match.ts';
import type { FakeNode, FakeSandbox } from './node.ts';
import { killProgram } from './process.ts';

/** Resolves to the sandbox's id. @throws RuntimeError when the attempt has one already */
export async function runPodSandbox(node: FakeNode, config: PodSandboxConfig): Promise<string> {
  const { uid, attempt, name } = config.metadata;
  const twin = [...node.sandboxes.values()].find(
    ({ status }) => status.metadata.uid === uid && status.metadata.attempt === attempt,
  );
  if (twin !== undefined) {
    throw new RuntimeError('AlreadyExists', `sandbox of pod "${name}", attempt ${attempt}, already exists`);
  }
  const rule = node.script.sandboxes?.find((one) => matches(one.match, { pod: name, attempt }));
  const id = node.newId();
  const status: PodSandboxStatus = {
    id,
    metadata: config.metadata,
    state: 'SANDBOX_NOTREADY',
    createdAtMs: node.clock.now(),
    ip: '',
    labels: config.labels,
    annotations: config.annotations,
    hostNetwork: config.hostNetwork,
  };
  const sandbox: FakeSandbox = {
    status,
    config,
    cancelDeath: () => {},
    memoryLimitBytes: config.resources?.memoryLimitBytes ?? 0,
  };
  node.sandboxes.set(id, sandbox);
  await node.clock.sleep(rule?.takesMs ?? 0);
  if (!node.sandboxes.has(id)) {
    throw new RuntimeError('Unknown', `sandbox "${id}" was removed while it started`);
  }
  const ip = config.hostNetwork ? '' : node.newAddress();
  sandbox.status = { ...status, state: 'SANDBOX_READY', ip };
  node.tell('CONTAINER_CREATED_EVENT', sandbox, id);
  node.tell('CONTAINER_STARTED_EVENT', sandbox, id);
  if (rule?.diesAfterMs !== undefined) {
    sandbox.cancelDeath = node.clock.schedule(rule.diesAfterMs, () => stopSandbox(node, sandbox));
  }
  return id;
}

/** Ends everything in the sandbox and takes its network away. */
export function stopSandbox(node: FakeNode, sandbox: FakeSandbox): void {
  sandbox.cancelDeath();
  for (const container of node.containersOf(sandbox.status.id)) killProgram(node, container);
  if (sandbox.status.state === 'SANDBOX_NOTREADY') return;
  sandbox.status = { ...sandbox.status, state: 'SANDBOX_NOTREADY', ip: '' };
  node.tell('CONTAINER_STOPPED_EVENT', sandbox, sandbox.status.id);
}

/** Stops it first, and removes its containers with it. */
export function removeSandbox(node: FakeNode, sandbox: FakeSandbox): void {
  stopSandbox(node, sandbox);
  for (const { status } of node.containersOf(sandbox.status.id)) removeContainer(node, status.id);
  node.tell('CONTAINER_DELETED_EVENT', sandbox, sandbox.status.id);
  node.sandboxes.delete(sandbox.status.id);
}

export function listSandboxes(node: FakeNode, filter: PodSandboxFilter): readonly PodSandboxStatus[] {
  const { id, labels } = filter;
  const all: PodSandboxStatus[] = [];
  for (const { status } of node.sandboxes.values()) all.push(status);
  if (id === undefined && labels === undefined) return all;
  return all.filter((one) => (id === undefined || one.id === id) && hasLabels(one.labels, labels));
}
