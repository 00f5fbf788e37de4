/**
 * The fault injector: any runtime, with troubles that a lesson or a test can cause. What the kubelet asks
 * passes through here; what is done from outside (`crictl stop` on the node) goes past it.
 */

import { READY } from '../api/cri.ts';
import { DEFAULT_CONFIGURATION } from '../api/kubelet-configuration/defaulting.ts';
import { wrapped } from '../lib/wrapped.ts';
import {
  DOWN,
  type FailingCall,
  type FaultyRuntime,
  type Runtime,
  RuntimeError,
  type RuntimeFaults,
  type RuntimeHealth,
  type VirtualTime,
} from './port.ts';

/** What gRPC says of a stream whose server has gone. */
const CUT = 'error reading from server: EOF';

type OpenStream = Runtime['runtimeService']['getContainerEvents'];

/** As containerd says it before a network plugin was set up. */
const NO_NETWORK = {
  ready: false,
  reason: 'NetworkPluginNotReady',
  message: 'Network plugin returns error: cni plugin not initialized',
} as const;

class Injector implements RuntimeFaults {
  readonly #runtime: Runtime;
  readonly #next = new Map<string, RuntimeError[]>();
  /** The open streams of container events, each by what breaks it. */
  readonly #streams = new Set<() => void>();
  /** Calls that hang in virtual time: when each gives up, and how. */
  readonly #hanging = new Map<() => void, number>();
  #health: RuntimeHealth = 'up';
  readonly #hangMs: number;
  #networkReady = true;
  readonly #stuck = new Set<string>();
  #nowMs: number;

  constructor(runtime: Runtime, epochMs: number, hangMs: number) {
    this.#runtime = runtime;
    this.#hangMs = hangMs;
    this.#nowMs = epochMs;
  }

  setHealth(health: RuntimeHealth): void {
    this.#health = health;
    if (health === 'down') this.#breakStreams();
  }

  /** A stream that ends with the connection; while the runtime hangs, what happens is not told. */
  async stream(...[onEvent, onBroken]: Parameters<OpenStream>): Promise<() => void> {
    const { runtimeService } = this.#runtime;
    const close = await runtimeService.getContainerEvents((event) => {
      if (this.#health === 'up') onEvent(event);
    }, onBroken);
    const broken = () => {
      close();
      onBroken(new RuntimeError('Unavailable', CUT));
    };
    this.#streams.add(broken);
    return () => {
      this.#streams.delete(broken);
      close();
    };
  }

  #breakStreams(): void {
    const broken = [...this.#streams];
    this.#streams.clear();
    for (const cut of broken) cut();
  }

  failNext(call: FailingCall, error: RuntimeError): void {
    this.#next.set(call, [...(this.#next.get(call) ?? []), error]);
  }

  killContainer(containerId: string): Promise<void> {
    return this.#runtime.runtimeService.stopContainer(containerId, 0);
  }

  removeContainer(containerId: string): Promise<void> {
    return this.#runtime.runtimeService.removeContainer(containerId);
  }

  stopSandbox(sandboxId: string): Promise<void> {
    return this.#runtime.runtimeService.stopPodSandbox(sandboxId);
  }

  async crashRuntime(): Promise<void> {
    const { crash, name } = this.#runtime;
    if (crash === undefined) {
      throw new RuntimeError('FailedPrecondition', `the ${name} runtime cannot be made to die`);
    }
    crash();
  }

  setNetworkReady(ready: boolean): void {
    this.#networkReady = ready;
  }

  setHanging(call: string, hanging: boolean): void {
    if (hanging) this.#stuck.add(call);
    else this.#stuck.delete(call);
  }

  /** The fault that a call meets; undefined when it goes through. */
  meet(call: string): Promise<unknown> | undefined {
    if (call === 'status' && this.#health === 'up' && !this.#networkReady) {
      return Promise.resolve({ runtime: READY, network: NO_NETWORK });
    }
    if (this.#stuck.has(call)) return this.#hang(call);
    if (this.#health === 'down') return Promise.reject(new RuntimeError('Unavailable', DOWN));
    if (this.#health === 'hanging') return this.#hang(call);
    const error = this.#next.get(call)?.shift();
    return error && Promise.reject(error);
  }

  #hang(call: string): Promise<never> {
    return new Promise((_, reject) => {
      const giveUp = () => reject(new RuntimeError('DeadlineExceeded', `${call}: context deadline exceeded`));
      if (this.#runtime.virtualTime !== null) this.#hanging.set(giveUp, this.#nowMs + this.#hangMs);
      else setTimeout(giveUp, this.#hangMs).unref();
    });
  }

  /** The runtime's time, in which hanging calls give up too. */
  time(inner: VirtualTime): VirtualTime {
    return {
      quiesce: () => inner.quiesce(),
      nextDeadlineMs: () => {
        const deadlines = [...this.#hanging.values(), inner.nextDeadlineMs() ?? Number.POSITIVE_INFINITY];
        const first = Math.min(...deadlines);
        return Number.isFinite(first) ? first : undefined;
      },
      advanceTo: (nowMs) => {
        this.#nowMs = nowMs;
        inner.advanceTo(nowMs);
        for (const [giveUp, dueMs] of this.#hanging) {
          if (dueMs > nowMs) continue;
          this.#hanging.delete(giveUp);
          giveUp();
        }
      },
    };
  }
}

/**
 * Puts the injector in front of a runtime, whose virtual time begins at `epochMs`. A call that hangs is given up
 * after `requestTimeoutMs` (`runtimeRequestTimeout` of the configuration).
 */
export function withFaults(
  runtime: Runtime,
  epochMs: number,
  requestTimeoutMs = DEFAULT_CONFIGURATION.runtimeRequestTimeoutMs,
): FaultyRuntime {
  const injector = new Injector(runtime, epochMs, requestTimeoutMs);
  const time = runtime.virtualTime === null ? null : injector.time(runtime.virtualTime);
  return {
    ...runtime,
    name: runtime.name,
    runtimeService: guarded(
      { ...runtime.runtimeService, getContainerEvents: (...args) => injector.stream(...args) },
      injector,
    ),
    imageService: guarded(runtime.imageService, injector),
    network: runtime.network,
    virtualTime: time,
    faults: injector,
    close: () => runtime.close(),
  };
}

function guarded<T extends object>(port: T, injector: Injector): T {
  return wrapped(port, (name, call) => {
    if (name === 'subscribe') return call;
    return (...args) => injector.meet(name) ?? call(...args);
  });
}
