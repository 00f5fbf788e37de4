/** One pod on the real runtime in virtual time, for trying the workloads: containers, execs, and time on request. */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { ContainerConfig, PodSandboxConfig } from '../../src/api/cri.ts';
import type { LogLine, Runtime } from '../../src/runtime/port.ts';
import { openImageStore } from '../../src/runtime/wasm/images/store.ts';
import { createWasmRuntime } from '../../src/runtime/wasm/runtime.ts';

export interface Ran {
  readonly stdout: string;
  readonly stderr: string;
  readonly exitCode: number;
}

/** What a test says about a container; the rest is as empty as a pod may leave it. */
export interface Wanted {
  readonly command?: readonly string[];
  readonly args?: readonly string[];
  readonly env?: Readonly<Record<string, string>>;
  readonly memoryLimitBytes?: number;
}

export interface TestPod {
  readonly runtime: Runtime;
  /** Starts a container; resolves to its id. */
  start(image: string, wanted?: Wanted): Promise<string>;
  exec(containerId: string, command: readonly string[], timeoutSeconds?: number): Promise<Ran>;
  /** Lets virtual time pass until the promise settles. */
  until<T>(promise: Promise<T>): Promise<T>;
  /** Lets this much virtual time pass. */
  pass(seconds: number): Promise<void>;
  log(containerId: string): Promise<string>;
  lines(containerId: string): Promise<readonly LogLine[]>;
  /** -1 while it runs. */
  exitCode(containerId: string): Promise<number>;
  readonly ip: string;
  close(): Promise<void>;
}

const EPOCH_MS = 1_767_225_600_000;

const SANDBOX: PodSandboxConfig = {
  metadata: { name: 'web', uid: 'uid-1', namespace: 'default', attempt: 0 },
  hostname: 'web',
  logDirectory: '/var/log/pods/default_web_uid-1',
  portMappings: [],
  labels: {},
  annotations: {},
  hostNetwork: false,
  sharedProcessNamespace: false,
};

function configOf(name: string, image: string, imageRef: string, wanted: Wanted): ContainerConfig {
  return {
    metadata: { name, attempt: 0 },
    image,
    imageRef,
    command: wanted.command ?? [],
    args: wanted.args ?? [],
    workingDir: '',
    envs: Object.entries(wanted.env ?? {}).map(([key, value]) => ({ key, value })),
    mounts: [],
    labels: {},
    annotations: {},
    logPath: `${name}/0.log`,
    stdin: false,
    stdinOnce: false,
    tty: false,
    resources: {
      memoryLimitBytes: wanted.memoryLimitBytes ?? 0,
      cpuShares: 2,
      cpuQuota: 0,
      cpuPeriod: 100_000,
      oomScoreAdj: 0,
    },
    securityContext: { readonlyRootfs: false, privileged: false },
  };
}

export async function openPod(): Promise<TestPod> {
  const directory = await mkdtemp(join(tmpdir(), 'podstep-workloads-'));
  const images = await openImageStore({ directory });
  const runtime = await createWasmRuntime({ clock: 'virtual', seed: 1, images });
  const { runtimeService, imageService, virtualTime } = runtime;
  if (virtualTime === null) throw new Error('the wasm runtime has virtual time');
  let nowMs = EPOCH_MS;
  let containers = 0;

  const step = async (limitMs: number): Promise<boolean> => {
    await virtualTime.quiesce();
    const next = virtualTime.nextDeadlineMs();
    if (next === undefined || next > limitMs) return false;
    nowMs = Math.max(nowMs, next);
    virtualTime.advanceTo(nowMs);
    return true;
  };
  const until = async <T>(promise: Promise<T>): Promise<T> => {
    let settled = false;
    const watched = promise.finally(() => {
      settled = true;
    });
    watched.catch(() => undefined);
    while (!settled) {
      await virtualTime.quiesce();
      // What the main thread does by itself (a promise, a file) comes before time.
      for (let turn = 0; turn < 10 && !settled; turn++) await new Promise((resolve) => setImmediate(resolve));
      if (!settled) await step(nowMs + 86_400_000);
    }
    return watched;
  };

  const sandboxId = await until(runtimeService.runPodSandbox(SANDBOX));
  const ip = (await until(runtimeService.podSandboxStatus(sandboxId))).ip;
  const lines = (containerId: string) => until(runtimeService.containerLog(containerId));
  return {
    runtime,
    ip,
    until,
    lines,
    async start(image, wanted = {}) {
      // A pull is work of the machine: no virtual time passes.
      const imageRef = await imageService.pullImage(image);
      const config = configOf(`c${containers++}`, image, imageRef, wanted);
      const id = await until(runtimeService.createContainer(sandboxId, config, SANDBOX));
      await until(runtimeService.startContainer(id));
      return id;
    },
    exec: (id, command, timeoutSeconds = 0) => until(runtimeService.execSync(id, command, timeoutSeconds)),
    async pass(seconds) {
      const end = nowMs + seconds * 1000;
      while (await step(end));
      nowMs = end;
      virtualTime.advanceTo(nowMs);
      await virtualTime.quiesce();
    },
    log: async (id) => (await lines(id)).map((line) => `${line.text}${line.partial ? '' : '\n'}`).join(''),
    exitCode: async (id) => {
      const status = await until(runtimeService.containerStatus(id));
      return status.state === 'CONTAINER_EXITED' ? status.exitCode : -1;
    },
    async close() {
      await runtime.close();
      await rm(directory, { recursive: true, force: true });
    },
  };
}
