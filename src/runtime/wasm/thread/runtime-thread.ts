/** The runtime thread: pods and containers by id, the calls of the main thread, and time. */
import { present } from '../../../lib/assert.ts';
import { RuntimeError } from '../../port.ts';
import { MemoryVolumes } from '../fs/tmpfs.ts';
import type { CompiledImage } from '../image.ts';
import { HostBridge } from '../net/bridge.ts';
import { outsideOf } from '../net/outside.ts';
import { NetPod, PodNet, trafficOf } from '../net/pod-net.ts';
import { Container } from '../process/container.ts';
import { exec } from '../process/exec.ts';
import { killedBy } from '../process/exit.ts';
import { LogFlow } from '../process/log-writer.ts';
import { NodeMemory } from '../process/node-memory.ts';
import { PidNamespace } from '../process/pid-namespace.ts';
import { NodePids } from '../process/pids.ts';
import { SIGKILL } from '../process/signals.ts';
import { NS_PER_MS, VirtualClock, WallClock } from '../scheduler/clock.ts';
import { NodeCpu } from '../scheduler/node-cpu.ts';
import { orDie } from '../scheduler/or-die.ts';
import { Scheduler } from '../scheduler/scheduler.ts';
import { Timers } from '../scheduler/timers.ts';
import { grpcHealthCheck, httpGet, tcpConnect } from './node-client.ts';
import type {
  CallName,
  ContainerPlan,
  FromThread,
  Numbered,
  Params,
  Result,
  ThreadOptions,
  Told,
  ToThread,
} from './protocol.ts';
import { guestRandom } from './random.ts';
import { ThreadSessions } from './sessions.ts';
import type { World } from './world.ts';

type Done<Name extends CallName> = (result: Result<Name> | RuntimeError) => void;
type Handlers = { readonly [Name in CallName]: (params: Params<Name>, done: Done<Name>) => void };

/** setTimeout's bound. */
const LONGEST_TIMEOUT_MS = 2 ** 31 - 1;
/** So much may be told in one message. */
const UNTOLD = 64;

export class RuntimeThread {
  readonly #post: (message: FromThread) => void;
  readonly #beat: () => void;
  readonly #world: World;
  readonly #virtual: VirtualClock | undefined;
  readonly #scheduler: Scheduler;
  readonly #pods = new Map<string, NetPod>();
  /** Of pods whose containers share their processes, by sandbox. */
  readonly #namespaces = new Map<string, PidNamespace>();
  readonly #images = new Map<string, CompiledImage>();
  readonly #containers = new Map<string, Container>();
  readonly #sessions: ThreadSessions;
  /** With wall time. */
  readonly #bridge: HostBridge | undefined;
  readonly #inbox: Numbered[] = [];
  readonly #untold: Told[] = [];
  #pumping = false;
  #alarm: NodeJS.Timeout | undefined;

  constructor(options: ThreadOptions, post: (message: FromThread) => void) {
    this.#post = post;
    const pulse = new Int32Array(options.pulse);
    const clock = options.clock === 'virtual' ? new VirtualClock(options.epochMs) : new WallClock();
    this.#virtual = clock instanceof VirtualClock ? clock : undefined;
    this.#beat = () => void Atomics.add(pulse, 0, 1);
    this.#scheduler = new Scheduler(options.clock === 'wall', this.#beat);
    const bridge =
      options.clock === 'wall'
        ? new HostBridge({
            podAddresses: options.podAddresses,
            portOpened: ({ podUid }, port, hostPort) =>
              this.#world.emit({ type: 'portOpened', podUid, port, hostPort, atMs: clock.epochMs() }),
          })
        : undefined;
    this.#bridge = bridge;
    const net = new PodNet(bridge, outsideOf(options));
    bridge?.connect(net);
    if (options.services !== undefined) net.update(options.services);
    const timers = new Timers(() => this.#setAlarm());
    this.#world = {
      clock,
      timers,
      cpu: new NodeCpu(options.nodeCpus, clock, timers),
      scheduler: this.#scheduler,
      net,
      random: guestRandom(options.clock, options.seed),
      logFlow: new LogFlow(options.clock === 'wall'),
      memory: new NodeMemory(
        options.nodeMemoryBytes,
        ({ containerId }, { name: processName, hostPid: pid }) => {
          const atMs = clock.epochMs();
          this.#tell({ kind: 'event', event: { type: 'systemOom', containerId, processName, pid, atMs } });
        },
      ),
      pids: new NodePids(),
      memoryVolumes: new MemoryVolumes((id) => this.#world.memory.podFiles(id)),
      nodeCpus: options.nodeCpus,
      emit: (event) => this.#tell({ kind: 'event', event }),
      emitSession: (event) => this.#tell({ kind: 'session', event }),
      pulse: () => {
        this.#beat();
        this.#flush();
      },
    };
    this.#sessions = new ThreadSessions(this.#world);
  }

  /** Takes a message of the main thread. In virtual time each is dealt with to the end before the next. */
  receive(message: ToThread): void {
    this.#beat();
    if ('kind' in message) return;
    if (this.#virtual === undefined) {
      for (const one of message) this.#handle(one);
      return;
    }
    this.#inbox.push(...message);
    if (!this.#pumping) orDie(this.#pump(this.#virtual));
  }

  async #pump(clock: VirtualClock): Promise<void> {
    this.#pumping = true;
    let handled = 0;
    for (let message = this.#inbox.shift(); message !== undefined; message = this.#inbox.shift()) {
      this.#handle(message);
      await this.#scheduler.idle();
      handled = message.sequence;
    }
    this.#pumping = false;
    const next = this.#world.timers.next();
    const nextDeadlineMs = next === undefined ? undefined : clock.deadlineMs(next);
    this.#tell({ kind: 'idle', handled, nextDeadlineMs });
    this.#flush();
  }

  /** In virtual time what is told waits for the end of the turn, or for a guest that runs on and on. */
  #tell(told: Told): void {
    this.#untold.push(told);
    if (this.#virtual === undefined || this.#untold.length >= UNTOLD) this.#flush();
  }

  #flush(): void {
    if (this.#untold.length > 0) this.#post(this.#untold.splice(0));
  }

  #handle(message: Numbered): void {
    if (message.kind === 'advance') {
      this.#virtual?.advanceTo(message.nowMs);
      this.#world.timers.fireDue(this.#world.clock.nowNs());
    } else if (message.kind === 'logsTaken') {
      this.#world.logFlow.taken(message.bytes);
    } else {
      this.#call(message.sequence, message.name, message.params);
    }
  }

  #call(sequence: number, name: CallName, params: unknown): void {
    const done = (result: unknown) => {
      if (result instanceof RuntimeError) this.#fail(sequence, result);
      else this.#tell({ kind: 'answer', sequence, value: result });
    };
    try {
      const handler = this.#handlers[name] as (params: unknown, done: (result: unknown) => void) => void;
      handler(params, done);
    } catch (error) {
      this.#fail(sequence, error);
    }
  }

  #fail(sequence: number, error: unknown): void {
    const known = error instanceof RuntimeError ? error : undefined;
    const message = error instanceof Error ? error.message : String(error);
    const failure = { code: known?.code ?? ('Unknown' as const), message, reason: known?.reason };
    this.#tell({ kind: 'failure', sequence, failure });
  }

  readonly #handlers: Handlers = {
    startPod: (plan, done) => {
      const pod = new NetPod(plan);
      this.#pods.set(plan.sandboxId, pod);
      this.#world.memory.addPod(plan.sandboxId, plan.limits.memoryLimitBytes);
      this.#world.cpu.addPod(plan.sandboxId, plan.limits, plan.limits.qosClass);
      this.#world.pids.bound(plan.sandboxId, plan.limits.pidsLimit);
      this.#world.net.attach(pod);
      const opened = (problem: string | undefined) => {
        if (problem !== undefined) this.#forgetPod(plan.sandboxId);
        done(
          problem === undefined
            ? undefined
            : new RuntimeError('Unknown', cannotSetUp(plan.sandboxId, problem)),
        );
      };
      if (this.#bridge === undefined) opened(undefined);
      else this.#bridge.openHostPorts(pod, plan.hostPorts, opened);
    },
    stopPod: ({ sandboxId }, done) => {
      this.#forgetPod(sandboxId);
      let waiting = 1;
      const oneLess = () => {
        waiting--;
        if (waiting === 0) done(undefined);
      };
      for (const container of this.#containers.values()) {
        if (container.plan.sandboxId !== sandboxId || !container.running) continue;
        waiting++;
        container.stop(0, oneLess);
      }
      oneLess();
    },
    setServices: (services, done) => {
      this.#world.net.update(services);
      done(undefined);
    },
    addImage: (image, done) => {
      this.#images.set(image.id, image);
      done(undefined);
    },
    removeImage: ({ imageId }, done) => {
      this.#images.delete(imageId);
      done(undefined);
    },
    createContainer: (plan, done) => {
      this.#containers.set(plan.containerId, this.#build(plan));
      done(undefined);
    },
    startContainer: ({ containerId }, done) => {
      this.#container(containerId).start();
      done(undefined);
    },
    updateContainer: ({ containerId, limits }, done) => {
      this.#container(containerId).update(limits);
      done(undefined);
    },
    updatePod: ({ sandboxId, limits }, done) => {
      this.#world.memory.setPodLimit(sandboxId, limits.memoryLimitBytes);
      this.#world.cpu.boundPod(sandboxId, limits);
      this.#world.pids.bound(sandboxId, limits.pidsLimit);
      done(undefined);
    },
    stopContainer: ({ containerId, timeoutSeconds }, done) => {
      const container = this.#containers.get(containerId);
      // Unknown after the last thread died: then it has ended.
      if (container === undefined) done(undefined);
      else container.stop(timeoutSeconds, () => done(undefined));
    },
    removeContainer: ({ containerId }, done) => {
      const container = this.#containers.get(containerId);
      this.#containers.delete(containerId);
      if (container === undefined || !container.running) {
        container?.discard();
        done(undefined);
        return;
      }
      container.onExit(() => done(undefined));
      container.kill(killedBy(SIGKILL));
    },
    exec: ({ containerId, command, timeoutSeconds }, done) => {
      exec(this.#container(containerId), command, timeoutSeconds, done);
    },
    openExec: (params, done) => done(this.#sessions.exec(this.#container(params.containerId), params)),
    openAttach: (params, done) => done(this.#sessions.attach(this.#container(params.containerId), params)),
    openPortForward: (params, done) => done(this.#sessions.portForward(this.#pod(params.sandboxId), params)),
    sessionInput: (params, done) => this.#sessions.input(params, done),
    sessionInputEnd: (params, done) => done(this.#sessions.inputEnd(params)),
    sessionTaken: (params, done) => done(this.#sessions.taken(params)),
    sessionResize: ({ sessionId, size }, done) => done(this.#sessions.resize(sessionId, size)),
    detachSession: ({ sessionId }, done) => done(this.#sessions.detach(sessionId)),
    terminationMessage: ({ containerId }, done) => done(this.#container(containerId).terminationMessage()),
    usage: ({ containerIds }, done) => done(containerIds.map((id) => this.#container(id).usage())),
    podUsage: ({ sandboxIds }, done) => {
      const usageOf = (id: string, pod = this.#pods.get(id)) => ({
        traffic: pod === undefined ? { rxBytes: 0, txBytes: 0 } : trafficOf(pod),
        memoryBytes: this.#world.memory.podBytes(id),
      });
      done(sandboxIds.map((id) => usageOf(id)));
    },
    httpGet: ({ request, timeoutSeconds }, done) => httpGet(this.#world, request, timeoutSeconds, done),
    grpcHealthCheck: (params, done) => grpcHealthCheck(this.#world, params, done),
    tcpConnect: ({ host, port }, done) => tcpConnect(this.#world, host, port, done),
  };

  #forgetPod(sandboxId: string): void {
    const pod = this.#pods.get(sandboxId);
    if (pod === undefined) return;
    this.#pods.delete(sandboxId);
    this.#world.memoryVolumes.removePod(sandboxId);
    this.#world.memory.removePod(sandboxId);
    this.#world.cpu.removePod(sandboxId);
    this.#world.pids.removePod(sandboxId);
    this.#namespaces.delete(sandboxId);
    this.#bridge?.closeHostPorts(pod);
    this.#world.net.detach(pod);
  }

  #build(plan: ContainerPlan): Container {
    const imageOf = (id: string) => present(this.#images.get(id), `image ${id}`);
    return new Container(this.#world, plan, imageOf, this.#pod(plan.sandboxId), this.#joined(plan));
  }

  #pod(sandboxId: string): NetPod {
    const pod = this.#pods.get(sandboxId);
    if (pod === undefined) throw new RuntimeError('FailedPrecondition', 'the sandbox is not ready');
    return pod;
  }

  /** The processes of others that a container is to see; undefined: its own alone. */
  #joined({ sandboxId, pidNamespace }: ContainerPlan): PidNamespace | undefined {
    switch (pidNamespace.mode) {
      case 'CONTAINER':
        return undefined;
      case 'TARGET':
        return this.#container(pidNamespace.targetId).namespace;
      case 'POD': {
        const known = this.#namespaces.get(sandboxId) ?? new PidNamespace(true);
        this.#namespaces.set(sandboxId, known);
        return known;
      }
    }
  }

  #container(containerId: string): Container {
    const container = this.#containers.get(containerId);
    if (container === undefined) throw new RuntimeError('NotFound', `container "${containerId}": not found`);
    return container;
  }

  /** With wall time: wakes for the earliest deadline. */
  #setAlarm(): void {
    if (this.#virtual !== undefined) return;
    clearTimeout(this.#alarm);
    const next = this.#world.timers.next();
    if (next === undefined) return;
    const delayMs = Number((next - this.#world.clock.nowNs() + NS_PER_MS - 1n) / NS_PER_MS);
    this.#alarm = setTimeout(
      () => {
        this.#world.timers.fireDue(this.#world.clock.nowNs());
        this.#setAlarm();
      },
      Math.min(Math.max(0, delayMs), LONGEST_TIMEOUT_MS),
    );
  }
}

/** As containerd says it when CNI's portmap plugin fails. */
const cannotSetUp = (sandboxId: string, problem: string) =>
  `failed to setup network for sandbox "${sandboxId}": plugin type="portmap" failed (add): ${problem}`;
