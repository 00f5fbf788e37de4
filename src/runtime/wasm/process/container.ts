/** One container on the runtime thread: its files, its limits, its processes, from process 1 to the last. */
import { RuntimeError } from '../../port.ts';
import { kernelViews } from '../fs/kernel-views.ts';
import { buildRoot, type ContainerRoot } from '../fs/root.ts';
import type { ByteSink } from '../host/bytes.ts';
import type { CompiledImage } from '../image.ts';
import type { NetPod } from '../net/pod-net.ts';
import { secondsNs } from '../scheduler/clock.ts';
import type { CpuGroup } from '../scheduler/cpu-group.ts';
import { WaitQueue } from '../scheduler/wait-queue.ts';
import type { ContainerPlan, LimitsPlan, Usage } from '../thread/protocol.ts';
import type { World } from '../thread/world.ts';
import { ContainerStreams } from './container-streams.ts';
import { cannotRun, cannotStart, killedBy, NO_ROOM, OUT_OF_MEMORY, type Outcome } from './exit.ts';
import type { ContainerMemory, OomContainer, OomProcess } from './node-memory.ts';
import { PidNamespace } from './pid-namespace.ts';
import type { PidsGroup } from './pids.ts';
import { Process, type Standard } from './process.ts';
import { DEFAULT_PATH, findProgram, type Program, ProgramError } from './program.ts';
import { SIGKILL, SIGTERM, signalName, signalNumber } from './signals.ts';
import type { Terminal } from './terminal.ts';
import { terminationMessage } from './termination-message.ts';

const PROCESS_LIMIT = 256;
/** Places beyond the pods' network that are told of, once each. */
const DENIALS_TOLD = 32;

export class Container implements OomContainer {
  readonly plan: ContainerPlan;
  readonly world: World;
  readonly pod: NetPod;
  readonly #memory: ContainerMemory;
  #limits: LimitsPlan;
  readonly cpu: CpuGroup;
  /** The processes of its pod. */
  readonly #pids: PidsGroup;
  readonly processes = new Map<number, Process>();
  /** The processes that those of this container see. */
  readonly namespace: PidNamespace;
  readonly streams: ContainerStreams;
  readonly #image: CompiledImage;
  readonly #root: ContainerRoot;
  readonly #ownsNamespace: boolean;
  #state: 'created' | 'running' | 'exited' = 'created';
  #init: Process | undefined;
  /** Some process was killed for want of memory: containerd says so of the container, however that ends. */
  #oomKilled = false;
  readonly #exited = new WaitQueue();
  readonly #denials = new Set<string>();

  /** `joined`: the processes of another container, or of the pod; without it the container has its own. */
  constructor(
    world: World,
    plan: ContainerPlan,
    imageOf: (id: string) => CompiledImage,
    pod: NetPod,
    joined?: PidNamespace,
  ) {
    const image = imageOf(plan.imageId);
    this.namespace = joined ?? new PidNamespace(false);
    this.#ownsNamespace = joined === undefined;
    this.world = world;
    this.plan = plan;
    this.pod = pod;
    this.#image = image;
    this.#limits = plan.limits;
    this.#memory = world.memory.addContainer(this, plan.limits.memoryLimitBytes);
    this.cpu = world.cpu.addContainer(plan.sandboxId, plan.limits);
    this.#pids = world.pids.of(plan.sandboxId);
    this.streams = new ContainerStreams(world, plan);
    if (this.streams.terminal !== undefined) this.seat(this.streams.terminal);
    this.#root = buildRoot({
      containerName: plan.name,
      files: image.files,
      mounts: plan.mounts,
      filesOf: (id) => imageOf(id).files,
      readonlyRootfs: plan.readonlyRootfs,
      hostname: pod.hostname,
      hostAliases: pod.hostAliases,
      hostNames: pod.hostNames,
      resolvConf: pod.resolvConf,
      ip: pod.ip,
      actor: { isRoot: plan.user.uid === 0, inRootGroup: plan.user.supplementalGroups.includes(0) },
      terminationMessagePath: plan.terminationMessagePath,
      workingDir: plan.workingDir,
      now: () => world.clock.epochMs(),
      tmpfs: (directory, sizeBytes) => ({
        volume: world.memoryVolumes.of(plan.sandboxId, directory, sizeBytes),
        payer: this.#memory.files,
      }),
      virtual: world.clock.kind === 'virtual',
      views: kernelViews({
        user: plan.user,
        limits: () => this.#limits,
        nodeCpus: world.nodeCpus,
        memory: () => this.memoryBytes,
        cpu: this.cpu,
        cpuStat: () => world.cpu.stat(this.cpu),
      }),
    });
  }

  get oomGroup(): boolean {
    return this.plan.oomGroup;
  }

  get podId(): string {
    return this.plan.sandboxId;
  }

  get containerId(): string {
    return this.plan.containerId;
  }

  get memory(): ContainerMemory['account'] {
    return this.#memory.account;
  }

  get memoryBytes(): number {
    return this.#memory.own.usedBytes;
  }

  /** Changes what the container may use; memory that it holds beyond a lower limit costs it its life. */
  update(limits: LimitsPlan): void {
    this.#limits = limits;
    this.world.cpu.bound(this.cpu, limits);
    this.#memory.own.limitBytes = limits.memoryLimitBytes;
  }

  /** Its processes as the OOM killer sees them. */
  *oomProcesses(): Iterable<OomProcess> {
    const { oomScoreAdj } = this.#limits;
    for (const process of this.processes.values()) {
      if (process.outcome !== undefined) continue;
      const { hostPid, name, memoryBytes } = process;
      const oomKill = () => {
        this.#oomKilled = true;
        process.oomKill();
      };
      yield { hostPid, name, memoryBytes, oomScoreAdj, oomKill };
    }
  }

  oomKill(): void {
    this.kill(OUT_OF_MEMORY);
  }

  /** It will never run: nothing of it is counted any more. */
  discard(): void {
    this.#memory.gone();
  }

  get root(): ContainerRoot {
    return this.#root;
  }

  get running(): boolean {
    return this.#state === 'running';
  }

  /** How process 1 ended, once it has. */
  get outcome(): Outcome | undefined {
    return this.#init?.outcome;
  }

  /** The container's own log, for `/proc/1/fd/1`. */
  log(stream: 'stdout' | 'stderr'): ByteSink {
    return this.streams.sink(stream);
  }

  /** Starts process 1. Throws `RuntimeError` with runc's words when its program is not there. */
  start(): void {
    if (this.#state !== 'created') {
      throw new RuntimeError('FailedPrecondition', `container is in ${this.#state.toUpperCase()} state`);
    }
    const { arguments: argv, environment, workingDir, containerId } = this.plan;
    const { standard, terminal } = this.streams;
    const atMs = this.world.clock.epochMs();
    if (!this.hasRoomForProcess) this.#cannotStart(NO_ROOM);
    const program = this.find(argv[0] ?? '', argv, environment, workingDir);
    if (program instanceof ProgramError) this.#cannotStart(program.message, program);
    this.#init = this.run(program, environment, workingDir, standard, 0, terminal);
    this.#state = 'running';
    this.world.emit({ type: 'started', containerId, atMs });
  }

  #cannotStart(why: string, cause?: ProgramError): never {
    this.#state = 'exited';
    const message = cannotRun(why);
    this.#emitExit(cannotStart(message));
    throw new RuntimeError('Unknown', message, { reason: 'RunContainerError', cause });
  }

  /** Looks up a program; `argv` begins with the name that it is to see. */
  find(
    program: string,
    argv: readonly string[],
    environment: readonly (readonly [string, string])[],
    directory: string,
  ): Program | ProgramError {
    const searchPath = environment.find(([name]) => name === 'PATH')?.[1] ?? DEFAULT_PATH;
    const files = { root: this.#root.location, programs: this.#image.programs };
    try {
      const found = findProgram(files, [program, ...argv.slice(1)], directory, searchPath);
      const scripted = found.arguments.length > Math.max(1, argv.length);
      return scripted ? found : { ...found, arguments: argv.length > 0 ? argv : [program] };
    } catch (error) {
      if (error instanceof ProgramError) return error;
      throw error;
    }
  }

  /** Starts a process beside the others. */
  run(
    program: Program,
    environment: readonly (readonly [string, string])[],
    directory: string,
    standard: Standard,
    parent: number,
    terminal: Terminal | undefined,
  ): Process {
    const pid = this.namespace.take();
    const process = new Process(this, {
      pid,
      parent,
      environment,
      directory,
      standard,
      terminal,
      ...program,
    });
    this.processes.set(pid, process);
    this.#pids.began();
    this.namespace.add(process);
    process.start();
    return process;
  }

  /** One of its processes may not go there; port 0: it only asked where that is. */
  denied(host: string, port: number): void {
    const place = `${host}:${port}`;
    if (this.#denials.has(place) || this.#denials.size >= DENIALS_TOLD) return;
    this.#denials.add(place);
    const { containerId } = this.plan;
    this.world.emit({ type: 'egressDenied', containerId, host, port, atMs: this.world.clock.epochMs() });
  }

  /** Sends the terminal's signals to those who sit at it, or to its foreground alone once one was named. */
  seat(terminal: Terminal): void {
    terminal.signal = (number) => {
      for (const process of this.#foregroundOf(terminal)) {
        if (process.plan.terminal === terminal) process.signal(number);
      }
    };
  }

  #foregroundOf({ foreground }: Terminal): Iterable<Process> {
    if (foreground === undefined) return this.namespace.all();
    const named = foreground.pids.flatMap((pid) => this.namespace.find(pid) ?? []);
    return foreground.alone ? named : new Set(named.flatMap((one) => this.namespace.family(one)));
  }

  get hasRoomForProcess(): boolean {
    return this.processes.size < PROCESS_LIMIT && this.#pids.hasRoom;
  }

  /** The stop signal, then KILL after `timeoutSeconds`; `done` once the container has exited. */
  stop(timeoutSeconds: number, done: () => void): void {
    if (this.#state === 'created') {
      this.#state = 'exited';
      this.#emitExit(killedBy(SIGKILL));
    }
    if (this.#state === 'exited') {
      done();
      return;
    }
    const { timers, clock } = this.world;
    if (timeoutSeconds <= 0) {
      this.#exited.add(done);
      this.#signalled(SIGKILL);
      this.kill(killedBy(SIGKILL));
      return;
    }
    const timer = timers.add(clock.nowNs() + secondsNs(timeoutSeconds), () => {
      this.#signalled(SIGKILL);
      this.kill(killedBy(SIGKILL));
    });
    this.#exited.add(() => {
      timers.cancel(timer);
      done();
    });
    const number = signalNumber(this.plan.stopSignal) ?? SIGTERM;
    this.#signalled(number);
    this.#init?.signal(number);
  }

  /** Calls back once the container has exited; the return value takes that back. */
  onExit(done: () => void): () => void {
    return this.#exited.add(done);
  }

  /** Ends every process at once; process 1's outcome is the container's. */
  kill(outcome: Outcome): void {
    for (const process of this.processes.values()) process.end(outcome);
  }

  /** A process has released what it held. */
  processEnded(process: Process): void {
    this.processes.delete(process.pid);
    this.#pids.ended();
    this.namespace.remove(process);
    if (process !== this.#init) return;
    this.kill(killedBy(SIGKILL));
    // With process 1 ends its whole namespace, the guests in it too.
    if (this.#ownsNamespace) for (const other of this.namespace.all()) other.end(killedBy(SIGKILL));
    this.streams.flush();
    this.#state = 'exited';
    this.#memory.gone();
    const outcome = process.outcome ?? killedBy(SIGKILL);
    this.#emitExit(this.#oomKilled ? { ...outcome, reason: 'OOMKilled' } : outcome);
    this.#exited.notify();
  }

  terminationMessage(): string {
    return terminationMessage(this.#root.location, this.plan.terminationMessagePath);
  }

  usage(): Usage {
    const { usageNs, periods, throttledPeriods, throttledNs } = this.world.cpu.stat(this.cpu);
    return {
      cpuUsageCoreNanoSeconds: usageNs,
      cpuThrottling: { periods, throttledPeriods, throttledMicroseconds: Math.round(throttledNs / 1000) },
      memoryWorkingSetBytes: this.memoryBytes,
      writableLayerBytes: this.#root.store.usedBytes,
      writableLayerInodes: this.#root.store.usedNodes,
      processCount: this.processes.size,
    };
  }

  #signalled(number: number): void {
    const { containerId } = this.plan;
    const atMs = this.world.clock.epochMs();
    this.world.emit({ type: 'signalled', containerId, signal: signalName(number), atMs });
  }

  #emitExit(outcome: Outcome): void {
    const atMs = this.world.clock.epochMs();
    this.world.emit({ type: 'exited', containerId: this.plan.containerId, ...outcome, atMs });
  }
}
