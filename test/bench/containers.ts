/** What one container of the WebAssembly runtime costs: start to exit, and memory while it sleeps. */
import type { ContainerConfig, PodSandboxConfig } from '../../src/api/cri.ts';
import type { Runtime } from '../../src/runtime/port.ts';

const BUSYBOX = 'busybox:1.36';

function sandboxConfig(uid: string): PodSandboxConfig {
  return {
    metadata: { name: uid, uid, namespace: 'bench', attempt: 0 },
    hostname: uid,
    logDirectory: '',
    portMappings: [],
    labels: { 'io.kubernetes.pod.uid': uid },
    annotations: {},
    hostNetwork: false,
    sharedProcessNamespace: false,
  };
}

function containerConfig(
  name: string,
  image: string,
  imageRef: string,
  command: readonly string[],
): ContainerConfig {
  return {
    metadata: { name, attempt: 0 },
    image,
    imageRef,
    command,
    args: [],
    workingDir: '',
    envs: [],
    mounts: [],
    labels: { 'io.kubernetes.container.name': name },
    annotations: {},
    logPath: '',
    stdin: false,
    stdinOnce: false,
    tty: false,
    resources: { memoryLimitBytes: 0, cpuShares: 2, cpuQuota: 0, cpuPeriod: 100_000, oomScoreAdj: 0 },
    securityContext: { readonlyRootfs: false, privileged: false },
  };
}

const pulled = new WeakMap<Runtime, Map<string, string>>();

/** A start needs the image's reference only; the pull is measured apart. */
async function referenceOf(runtime: Runtime, image: string): Promise<string> {
  const references = pulled.get(runtime) ?? new Map<string, string>();
  pulled.set(runtime, references);
  const reference = references.get(image) ?? (await runtime.imageService.pullImage(image));
  references.set(image, reference);
  return reference;
}

/** One pod with a sandbox, in which containers are made. */
export class BenchPod {
  readonly #runtime: Runtime;
  readonly #config: PodSandboxConfig;
  readonly #sandboxId: string;
  #count = 0;

  private constructor(runtime: Runtime, config: PodSandboxConfig, sandboxId: string) {
    this.#runtime = runtime;
    this.#config = config;
    this.#sandboxId = sandboxId;
  }

  static async open(runtime: Runtime, uid: string): Promise<BenchPod> {
    const config = sandboxConfig(uid);
    return new BenchPod(runtime, config, await runtime.runtimeService.runPodSandbox(config));
  }

  /** The address at which its servers answer. */
  async address(): Promise<string> {
    return (await this.#runtime.runtimeService.podSandboxStatus(this.#sandboxId)).ip;
  }

  async start(command: readonly string[], image = BUSYBOX): Promise<string> {
    const service = this.#runtime.runtimeService;
    const imageRef = await referenceOf(this.#runtime, image);
    const config = containerConfig(`c${this.#count++}`, image, imageRef, command);
    const id = await service.createContainer(this.#sandboxId, config, this.#config);
    await service.startContainer(id);
    return id;
  }

  /** Creates, starts and removes a container, and waits for its end in between. */
  async runToExit(command: readonly string[]): Promise<void> {
    const service = this.#runtime.runtimeService;
    let containerId = '';
    let ended: (exitCode: number) => void = () => {};
    const exit = new Promise<number>((resolve) => {
      ended = resolve;
    });
    const early = new Map<string, number>();
    const unsubscribe = service.subscribe((event) => {
      if (event.type !== 'containerExited') return;
      if (event.containerId === containerId) ended(event.exitCode);
      else early.set(event.containerId, event.exitCode);
    });
    try {
      containerId = await this.start(command);
      const already = early.get(containerId);
      if (already !== undefined) ended(already);
      const exitCode = await exit;
      if (exitCode !== 0) throw new Error(`${command.join(' ')} ended with ${exitCode}`);
    } finally {
      unsubscribe();
    }
    await service.removeContainer(containerId);
  }

  async close(): Promise<void> {
    await this.#runtime.runtimeService.removePodSandbox(this.#sandboxId);
  }
}

/** Programs of a container that start, end and are removed in a second of one core's time (CPU of the whole process). */
export async function startsPerCpuSecond(runtime: Runtime, count: number): Promise<number> {
  const pod = await BenchPod.open(runtime, 'bench-starts');
  try {
    await pod.runToExit(['true']);
    const before = process.cpuUsage();
    for (let run = 0; run < count; run++) await pod.runToExit(['true']);
    const { user, system } = process.cpuUsage(before);
    return count / ((user + system) / 1e6);
  } finally {
    await pod.close();
  }
}

/** Resident bytes that each of `count` sleeping containers adds to the process. */
export async function idleBytes(runtime: Runtime, count: number): Promise<number> {
  const pod = await BenchPod.open(runtime, 'bench-idle');
  try {
    await pod.start(['sleep', '1000']);
    const before = process.memoryUsage().rss;
    for (let index = 0; index < count; index++) await pod.start(['sleep', '1000']);
    return (process.memoryUsage().rss - before) / count;
  } finally {
    await pod.close();
  }
}
