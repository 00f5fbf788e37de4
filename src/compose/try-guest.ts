/** One real guest from pull to exit, in a store and a runtime of its own: how `podstep doctor` knows that pods can run. */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { ContainerConfig, PodSandboxConfig } from '../api/cri.ts';
import { type Runtime, RuntimeError } from '../runtime/port.ts';
import { openImageStore } from '../runtime/wasm/images/store.ts';
import { createWasmRuntime } from '../runtime/wasm/runtime.ts';

const IMAGE = 'busybox:1.36';
const GIVE_UP_MS = 20_000;

const SANDBOX: PodSandboxConfig = {
  metadata: { name: 'doctor', uid: 'doctor', namespace: 'default', attempt: 0 },
  hostname: 'doctor',
  logDirectory: '',
  portMappings: [],
  labels: {},
  annotations: {},
  hostNetwork: false,
  sharedProcessNamespace: false,
};

function container(imageRef: string): ContainerConfig {
  return {
    metadata: { name: 'true', attempt: 0 },
    image: IMAGE,
    imageRef,
    command: ['true'],
    args: [],
    workingDir: '',
    envs: [],
    mounts: [],
    labels: {},
    annotations: {},
    logPath: '',
    stdin: false,
    stdinOnce: false,
    tty: false,
    resources: { memoryLimitBytes: 0, cpuShares: 2, cpuQuota: 0, cpuPeriod: 100_000, oomScoreAdj: 0 },
    securityContext: { readonlyRootfs: false, privileged: false },
  };
}

async function exitCodeOfTrue({ imageService, runtimeService }: Runtime): Promise<number> {
  const imageRef = await imageService.pullImage(IMAGE);
  const sandboxId = await runtimeService.runPodSandbox(SANDBOX);
  const id = await runtimeService.createContainer(sandboxId, container(imageRef), SANDBOX);
  const exited = new Promise<void>((resolve) => {
    runtimeService.subscribe((event) => {
      if (event.type === 'containerExited' && event.containerId === id) resolve();
    });
  });
  await runtimeService.startContainer(id);
  await exited;
  const { exitCode } = await runtimeService.containerStatus(id);
  await runtimeService.removePodSandbox(sandboxId);
  return exitCode;
}

/** Resolves to the milliseconds that it took. Throws what went wrong. */
export async function tryGuest(): Promise<number> {
  const directory = await mkdtemp(join(tmpdir(), 'podstep-doctor-'));
  const startedAtMs = performance.now();
  try {
    const images = await openImageStore({ directory });
    const runtime = await createWasmRuntime({ clock: 'wall', seed: 1, images });
    let giveUp: NodeJS.Timeout | undefined;
    const tooLong = new Promise<never>((_, reject) => {
      const error = new RuntimeError('DeadlineExceeded', `no exit within ${GIVE_UP_MS / 1000} s`);
      giveUp = setTimeout(() => reject(error), GIVE_UP_MS);
    });
    try {
      const exitCode = await Promise.race([exitCodeOfTrue(runtime), tooLong]);
      if (exitCode !== 0)
        throw new RuntimeError('Unknown', `the guest ended with exit code ${exitCode}, not 0`);
      return performance.now() - startedAtMs;
    } finally {
      clearTimeout(giveUp);
      await runtime.close();
    }
  } finally {
    await rm(directory, { recursive: true, force: true });
  }
}
