/** Sandboxes and containers made by plain calls of the Engine, with the labels that podstep knows its own by. */
import type { ContainerStatus, PodSandboxStatus } from '../../../src/api/cri.ts';
import { LABEL } from '../../../src/api/cri.ts';
import { parseTime } from '../../../src/lib/time.ts';
import type { EngineClient } from '../../../src/runtime/docker/engine/client.ts';
import { hasStatus } from '../../../src/runtime/docker/engine/error.ts';
import type {
  ContainerInspect,
  ContainerSummary,
  HostConfig,
} from '../../../src/runtime/docker/engine/types.ts';
import type { PodCalls } from '../../../src/runtime/docker/parts.ts';
import {
  LABEL_LOG_PATH,
  LABEL_OWNER,
  LABEL_SANDBOX_ID,
  LABEL_TYPE,
  ownerFilter,
} from '../../../src/runtime/docker/pods/labels.ts';
import { RuntimeError } from '../../../src/runtime/port.ts';
import { importBusybox } from './engine-here.ts';

type Read = 'containerStatus' | 'podSandboxStatus' | 'listContainers' | 'listPodSandbox';

export class BarePods implements Pick<PodCalls, Read> {
  readonly engine: EngineClient;
  readonly owner: string;
  readonly #image: string;
  readonly #logs: string;

  private constructor(engine: EngineClient, owner: string, logs: string) {
    this.engine = engine;
    this.owner = owner;
    this.#logs = logs;
    this.#image = `${owner}:1`;
  }

  /** `logs`: the directory of the pods' logs. */
  static async open(engine: EngineClient, owner: string, logs: string): Promise<BarePods> {
    const pods = new BarePods(engine, owner, logs);
    await importBusybox(engine, pods.#image, owner);
    return pods;
  }

  async sandbox(uid: string): Promise<string> {
    return this.#make({ [LABEL_TYPE]: 'podsandbox', [LABEL.podUid]: uid }, ['sleep', '600'], {});
  }

  async container(
    sandboxId: string,
    name: string,
    command: readonly string[],
    more: { tty?: boolean; host?: HostConfig } = {},
  ) {
    const sandbox = await this.#inspect(sandboxId);
    const uid = sandbox.Config.Labels?.[LABEL.podUid] ?? '';
    const labels = {
      [LABEL_TYPE]: 'container',
      [LABEL.podUid]: uid,
      [LABEL.containerName]: name,
      [LABEL_SANDBOX_ID]: sandboxId,
      [LABEL_LOG_PATH]: `${this.#logs}/${uid}/${name}/0.log`,
    };
    return this.#make(labels, command, { ...more.host }, more.tty);
  }

  async #make(labels: object, command: readonly string[], host: HostConfig, tty = false): Promise<string> {
    const { Id: id } = await this.engine.call<{ Id: string }>('POST', '/containers/create', {
      json: {
        Image: this.#image,
        Cmd: command,
        Tty: tty,
        Labels: { ...labels, [LABEL_OWNER]: this.owner },
        HostConfig: { NetworkMode: 'none', ...host },
      },
    });
    await this.engine.call('POST', `/containers/${id}/start`);
    return id;
  }

  async kill(id: string, signal = 'KILL'): Promise<void> {
    await this.engine.call('POST', `/containers/${id}/kill`, { query: { signal } });
  }

  async remove(id: string): Promise<void> {
    try {
      await this.engine.call('DELETE', `/containers/${id}`, { query: { force: true, v: true } });
    } catch (error) {
      if (!hasStatus(error, 404) && !hasStatus(error, 409)) throw error;
    }
  }

  async clear(): Promise<void> {
    await Promise.all((await this.#list()).map(({ Id }) => this.remove(Id)));
  }

  async close(): Promise<void> {
    await this.clear();
    await this.engine.call('DELETE', `/images/${this.#image}`, { query: { force: true } });
  }

  async podSandboxStatus(id: string): Promise<PodSandboxStatus> {
    const { State: state, Config: config } = await this.#inspect(id);
    return {
      id,
      metadata: { name: 'pod', namespace: 'default', uid: config.Labels?.[LABEL.podUid] ?? '', attempt: 0 },
      state: state.Running ? 'SANDBOX_READY' : 'SANDBOX_NOTREADY',
      createdAtMs: 0,
      ip: '',
      labels: config.Labels ?? {},
      annotations: {},
      hostNetwork: false,
    };
  }

  async containerStatus(id: string): Promise<ContainerStatus> {
    const { State: state, Config: config, Created: created } = await this.#inspect(id);
    const labels = config.Labels ?? {};
    const ended = state.Status === 'exited' || state.Status === 'dead';
    return {
      id,
      podSandboxId: labels[LABEL_SANDBOX_ID] ?? '',
      metadata: { name: labels[LABEL.containerName] ?? '', attempt: 0 },
      state: state.Running ? 'CONTAINER_RUNNING' : ended ? 'CONTAINER_EXITED' : 'CONTAINER_CREATED',
      createdAtMs: parseTime(created) ?? 0,
      startedAtMs: parseTime(state.StartedAt) ?? 0,
      finishedAtMs: Math.max(0, parseTime(state.FinishedAt) ?? 0),
      exitCode: state.ExitCode,
      image: this.#image,
      imageRef: this.#image,
      reason: state.OOMKilled ? 'OOMKilled' : state.ExitCode === 0 ? 'Completed' : 'Error',
      message: state.Error,
      labels,
      annotations: {},
      mounts: [],
      logPath: labels[LABEL_LOG_PATH] ?? '',
    };
  }

  async listPodSandbox(): Promise<readonly PodSandboxStatus[]> {
    const found = await this.#list([`${LABEL_TYPE}=podsandbox`]);
    return Promise.all(found.map(({ Id }) => this.podSandboxStatus(Id)));
  }

  async listContainers({
    podSandboxId,
  }: {
    podSandboxId?: string;
  } = {}): Promise<readonly ContainerStatus[]> {
    const of = podSandboxId === undefined ? [] : [`${LABEL_SANDBOX_ID}=${podSandboxId}`];
    const found = await this.#list([`${LABEL_TYPE}=container`, ...of]);
    return Promise.all(found.map(({ Id }) => this.containerStatus(Id)));
  }

  #list(labels: readonly string[] = []): Promise<readonly ContainerSummary[]> {
    const query = { all: true, filters: ownerFilter(this.owner, labels) };
    return this.engine.call('GET', '/containers/json', { query });
  }

  async #inspect(id: string): Promise<ContainerInspect> {
    try {
      return await this.engine.call('GET', `/containers/${id}/json`);
    } catch (error) {
      if (hasStatus(error, 404)) throw new RuntimeError('NotFound', `No such container: ${id}`);
      throw error;
    }
  }
}
