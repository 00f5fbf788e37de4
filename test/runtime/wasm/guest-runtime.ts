/** A wasm runtime with the tests' guest in hand: run a verb, let time pass, look at what came of it. */

import type { ContainerConfig, ContainerStatus, LinuxPodResources, Mount } from '../../../src/api/cri.ts';
import { createWasmRuntime, type WasmRuntimeOptions } from '../../../src/runtime/wasm/runtime.ts';
import { containerConfig, sandboxConfig } from '../../contract/setup.ts';
import { TimedRuntime } from '../timed-runtime.ts';
import { guestImages } from './guest-image.ts';

export const EPOCH_MS = 1_767_225_600_000;

export interface RunOptions {
  readonly sandboxId?: string;
  readonly mounts?: readonly Mount[];
  readonly envs?: ContainerConfig['envs'];
  readonly workingDir?: string;
  readonly readonlyRootfs?: boolean;
  readonly stdin?: boolean;
  readonly memoryLimitBytes?: number;
  readonly oomScoreAdj?: number;
  readonly cpusetCpus?: string;
  /** Cores. */
  readonly cpuLimit?: number;
  readonly cpuShares?: number;
  /** Instead of `guest` and the verb's words. */
  readonly command?: readonly string[];
}

export class GuestRuntime extends TimedRuntime {
  #count = 0;

  static async open(
    clock: 'virtual' | 'wall',
    seed = 1,
    more: Partial<
      Pick<
        WasmRuntimeOptions,
        'nodeMemoryBytes' | 'nodeCpus' | 'images' | 'egress' | 'threadHeapMb' | 'podAddresses'
      >
    > = {},
  ): Promise<GuestRuntime> {
    const images = more.images ?? (await guestImages());
    const runtime = await createWasmRuntime({ clock, seed, epochMs: EPOCH_MS, ...more, images });
    return new GuestRuntime(runtime, EPOCH_MS);
  }

  get service() {
    return this.runtime.runtimeService;
  }

  async sandbox(resources?: LinuxPodResources): Promise<string> {
    const config = { ...sandboxConfig(`pod-${++this.#count}`), ...(resources && { resources }) };
    return this.settle(this.service.runPodSandbox(config));
  }

  async ip(sandboxId: string): Promise<string> {
    return (await this.service.podSandboxStatus(sandboxId)).ip;
  }

  /** Creates and starts a container that runs one verb of the guest. */
  async start(words: readonly string[], options: RunOptions = {}): Promise<string> {
    const sandboxId = options.sandboxId ?? (await this.sandbox());
    const { name } = (await this.service.podSandboxStatus(sandboxId)).metadata;
    const base = containerConfig(`c${++this.#count}`, options.command ?? ['guest', ...words]);
    const { memoryLimitBytes = 0, cpuLimit = 0, cpuShares = 1024, readonlyRootfs = false } = options;
    const { oomScoreAdj = 1000, cpusetCpus = '' } = options;
    const config: ContainerConfig = {
      ...base,
      image: 'guest:1',
      imageRef: 'guest:1',
      mounts: options.mounts ?? [],
      envs: options.envs ?? [],
      workingDir: options.workingDir ?? '',
      stdin: options.stdin ?? false,
      resources: {
        ...base.resources,
        memoryLimitBytes,
        cpuShares,
        cpuQuota: Math.round(cpuLimit * 100_000),
        oomScoreAdj,
        cpusetCpus,
      },
      securityContext: { ...base.securityContext, readonlyRootfs },
    };
    const id = await this.settle(this.service.createContainer(sandboxId, config, sandboxConfig(name)));
    await this.settle(this.service.startContainer(id));
    return id;
  }

  /** Its status once it has exited, at most `withinMs` of the runtime's time later. */
  async exited(id: string, withinMs = 10_000): Promise<ContainerStatus> {
    for (let waitedMs = 0; waitedMs <= withinMs; waitedMs += 10) {
      const status = await this.service.containerStatus(id);
      if (status.state === 'CONTAINER_EXITED') return status;
      await this.pass(10);
    }
    throw new Error(`it still runs after ${withinMs} ms`);
  }

  async log(id: string): Promise<string> {
    return (await this.service.containerLog(id)).map(({ text }) => text).join('\n');
  }

  /** Runs a verb to its end: its exit code and what it wrote. */
  async run(words: readonly string[], options: RunOptions = {}): Promise<{ exitCode: number; log: string }> {
    const id = await this.start(words, options);
    const { exitCode } = await this.exited(id);
    return { exitCode, log: await this.log(id) };
  }

  /** What a command in a running container writes. */
  async exec(id: string, ...words: readonly string[]): Promise<string> {
    const { stdout } = await this.settle(this.service.execSync(id, ['guest', ...words], 0));
    return stdout.trim();
  }

  async until(holds: () => Promise<boolean>, withinMs = 10_000): Promise<void> {
    for (let waitedMs = 0; waitedMs <= withinMs; waitedMs += 10) {
      if (await holds()) return;
      await this.pass(10);
    }
    throw new Error(`did not happen within ${withinMs} ms`);
  }

  /** Waits for a line of the log. */
  async logged(id: string, text: string): Promise<void> {
    await this.until(async () => (await this.log(id)).includes(text));
  }

  async close(): Promise<void> {
    await this.runtime.close();
  }
}
