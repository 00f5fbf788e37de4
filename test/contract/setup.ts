/** What every part of the contract stands on: a runtime, its time, and the programs that all runtimes have. */
import { ANNOTATION, type ContainerConfig, LABEL, type PodSandboxConfig } from '../../src/api/cri.ts';
import type { Runtime } from '../../src/runtime/port.ts';
import { TimedRuntime } from '../runtime/timed-runtime.ts';

export const EPOCH_MS = Date.UTC(2026, 0, 1);
/** Under the name that the runtime under test can pull it by. */
export let IMAGE = 'busybox:1.36';

/** For a runtime that reaches a registry of the test's own alone: before its bench is opened. */
export function pullFrom(name: string): void {
  IMAGE = name;
}

/** The same name in full. */
export function fullImage(): string {
  return /^[^/]*[.:][^/]*\//.test(IMAGE) ? IMAGE : `docker.io/library/${IMAGE}`;
}
/** A name that no registry has and no runtime ships. */
export const MISSING_IMAGE = 'contract.invalid/no-such-image:1';

/** Makes the runtime under test, its clock at `EPOCH_MS` if it is virtual. */
export type MakeRuntime = (options: { readonly seed: number; readonly epochMs: number }) => Promise<Runtime>;

/** The programs of the contract. A fake gets a script that behaves as the busybox image does. */
export const PROGRAM = {
  /** Writes a line and exits with 3. */
  exits3: ['sh', '-c', 'echo hi; exit 3'],
  exits0: ['sh', '-c', 'echo done'],
  /** As process 1 without a handler it ignores every signal but KILL. */
  sleeps30: ['sleep', '30'],
  /** Ends itself with 143 on TERM, within a second. */
  obeysTerm: ['sh', '-c', "trap 'exit 143' TERM; while true; do sleep 1; done"],
  writesBoth: ['sh', '-c', 'echo one; echo two >&2; echo three; sleep 600'],
  saysWhy: ['sh', '-c', 'echo -n out of cheese > /dev/termination-log; exit 1'],
  /** Writes a line each second. */
  ticks: ['sh', '-c', 'while true; do echo tick; sleep 1; done'],
  /** Serves `hello` on 8080. */
  serves: ['sh', '-c', 'mkdir /tmp/www; echo hello > /tmp/www/index.html; httpd -f -p 8080 -h /tmp/www'],
  /** Writes a line to its log and 100 KiB to its own layer; three processes, for a minute. */
  fills: [
    'sh',
    '-c',
    'echo filling; dd if=/dev/zero of=/tmp/big bs=1024 count=100 2>/dev/null; sleep 60 & sleep 60 & wait',
  ],
  /** Writes what it reads, and ends with its input. */
  copies: ['cat'],
  missing: ['/no/such/program'],
} as const satisfies Record<string, readonly string[]>;

export const EXEC = {
  echoes: ['echo', 'inside'],
  exits4: ['sh', '-c', 'echo oops >&2; exit 4'],
  copies: ['cat'],
  hangs: ['sleep', '60'],
} as const satisfies Record<string, readonly string[]>;

export function sandboxConfig(name: string, attempt = 0): PodSandboxConfig {
  return {
    metadata: { name, uid: `uid-${name}`, namespace: 'default', attempt },
    hostname: name,
    logDirectory: `/var/log/pods/default_${name}_uid-${name}`,
    portMappings: [],
    labels: { [LABEL.podName]: name, [LABEL.podUid]: `uid-${name}`, app: name },
    annotations: { note: `about ${name}` },
    hostNetwork: false,
    sharedProcessNamespace: false,
  };
}

export function containerConfig(
  name: string,
  command: readonly string[],
  more: Partial<ContainerConfig> & { readonly attempt?: number } = {},
): ContainerConfig {
  const { attempt = 0, ...rest } = more;
  return {
    metadata: { name, attempt },
    image: IMAGE,
    imageRef: IMAGE,
    command,
    args: [],
    workingDir: '',
    envs: [],
    mounts: [],
    labels: { [LABEL.containerName]: name },
    annotations: {
      [ANNOTATION.containerHash]: 'abc',
      [ANNOTATION.terminationMessagePath]: '/dev/termination-log',
    },
    logPath: `${name}/${attempt}.log`,
    stdin: false,
    stdinOnce: false,
    tty: false,
    resources: {
      memoryLimitBytes: 0,
      cpuShares: 2,
      cpuQuota: 0,
      cpuPeriod: 100_000,
      oomScoreAdj: 1000,
      unified: { 'memory.oom.group': '1' },
    },
    securityContext: { readonlyRootfs: false, privileged: false },
    ...rest,
  };
}

/** The runtime under test with its time in hand, and pods and containers of the contract in it. */
export class Bench extends TimedRuntime {
  #pods = 0;

  static async open(make: MakeRuntime, seed = 1): Promise<Bench> {
    const bench = new Bench(await make({ seed, epochMs: EPOCH_MS }), EPOCH_MS);
    await bench.settle(bench.runtime.imageService.pullImage(IMAGE));
    return bench;
  }

  /** Lets time pass until `holds`, for at most ten seconds of it. */
  async until(holds: () => boolean | Promise<boolean>, what: string): Promise<void> {
    for (let waitedMs = 0; waitedMs <= 10_000; waitedMs += 100) {
      await this.pass(waitedMs === 0 ? 0 : 100);
      if (await holds()) return;
    }
    throw new Error(`did not happen within ten seconds: ${what}`);
  }

  async sandbox(name = `pod-${++this.#pods}`, attempt = 0): Promise<string> {
    return this.settle(this.runtime.runtimeService.runPodSandbox(sandboxConfig(name, attempt)));
  }

  /** Creates and starts a container in a sandbox of its own, or in the one given. */
  async running(
    name: string,
    command: readonly string[],
    more: { readonly sandboxId?: string; readonly attempt?: number } = {},
  ): Promise<{ readonly id: string; readonly sandboxId: string }> {
    const { runtimeService } = this.runtime;
    const sandboxId = more.sandboxId ?? (await this.sandbox());
    const { metadata } = await runtimeService.podSandboxStatus(sandboxId);
    const config = containerConfig(name, command, { attempt: more.attempt ?? 0 });
    const sandbox = sandboxConfig(metadata.name, metadata.attempt);
    const id = await this.settle(runtimeService.createContainer(sandboxId, config, sandbox));
    await this.settle(runtimeService.startContainer(id));
    return { id, sandboxId };
  }

  async exited(id: string) {
    const { runtimeService } = this.runtime;
    const state = async () => (await runtimeService.containerStatus(id)).state;
    await this.until(async () => (await state()) === 'CONTAINER_EXITED', 'the container exits');
    return runtimeService.containerStatus(id);
  }

  async close(): Promise<void> {
    await this.runtime.close();
  }

  /** Two calls one after the other may stand behind one promise: give the second its turn too. */
  protected override async quiet(): Promise<void> {
    for (let i = 0; i < 3; i++) {
      await super.quiet();
      await new Promise((resolve) => setImmediate(resolve));
    }
  }
}
