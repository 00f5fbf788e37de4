/** The wasm adapter of the runtime port: control on the main thread, guests on the runtime thread. */
import { nextUint32, type RandomState, seedRandom } from '../../lib/random.ts';
import { wrapped } from '../../lib/wrapped.ts';
import { DOWN, type ImageService, type Runtime, RuntimeError, type VirtualTime } from '../port.ts';
import { callsInOrder } from './calls.ts';
import type { CompiledImages } from './image.ts';
import { IssueOrder } from './issue-order.ts';
import { hostHasPodAddresses } from './net/bridge.ts';
import { podAddresses } from './net/pod-addresses.ts';
import { Node } from './node.ts';
import { orderedImages } from './ordered-images.ts';
import { threadNetwork } from './pod-network.ts';
import { reactionsRun } from './reactions-run.ts';
import { wasmRuntimeService } from './runtime-service.ts';

export interface WasmRuntimeOptions {
  /** Virtual: time moves only by `virtualTime.advanceTo`, and the same seed gives the same run. */
  readonly clock: 'virtual' | 'wall';
  readonly seed: number;
  /** Virtual time begins here; default 2026-01-01T00:00:00Z. */
  readonly epochMs?: number;
  readonly images: ImageService & CompiledImages;
  /**
   * The last resort for a guest that nothing else can stop (code that was not instrumented): when the runtime
   * thread owes an answer and shows no life for so long, it is terminated and everything on it is dead. Default 10 s.
   */
  readonly unresponsiveMs?: number;
  /** What guests may make the host hold for them, in MiB of the thread's heap: beyond it the thread dies. Default 2048. */
  readonly threadHeapMb?: number;
  /** What the node has for all containers together; when it is full, its OOM killer takes one. Default 2 GiB. */
  readonly nodeMemoryBytes?: number;
  /** Default 4. */
  readonly nodeCpus?: number;
  /** Where guests may go beyond the pods' network, with wall time: `HOST[:PORT]` (net/egress-rule.ts). Default nowhere. */
  readonly egress?: readonly string[];
  /**
   * With wall time: this machine's loopback has an address for each pod. False: each listener gets a port of 127.0.0.1,
   * and `portOpened` tells which. Default: whether it is Linux.
   */
  readonly podAddresses?: boolean;
}

const DEFAULT_EPOCH_MS = 1_767_225_600_000;

/** Starts the runtime thread. `close` ends it and everything in it. */
export async function createWasmRuntime(options: WasmRuntimeOptions): Promise<Runtime> {
  const { clock, seed, images, epochMs = DEFAULT_EPOCH_MS, unresponsiveMs, threadHeapMb } = options;
  const {
    nodeMemoryBytes = 2 * 1024 ** 3,
    nodeCpus = 4,
    egress = [],
    podAddresses: onHost = hostHasPodAddresses,
  } = options;
  const virtual = clock === 'virtual';
  const order = new IssueOrder(virtual);
  const addresses = await podAddresses(clock, onHost);
  const newId = idSource(virtual ? seed : machineSeed());
  const node = new Node({
    clock,
    seed,
    epochMs,
    addresses,
    newId,
    unresponsiveMs,
    threadHeapMb,
    nodeMemoryBytes,
    nodeCpus,
    egress,
    podAddresses: onHost,
  });
  const call = callsInOrder(node, order);
  return {
    name: 'wasm',
    runtimeService: whileUp(node, wasmRuntimeService(node, call, order, images)),
    imageService: whileUp(node, orderedImages(node, order, images)),
    network: whileUp(node, threadNetwork(node, call)),
    virtualTime: virtual ? virtualTime(node, order) : null,
    crash: () => node.thread.crash('it was made to die'),
    async close() {
      addresses.close();
      await node.close();
    },
  };
}

/** Nobody answers between a death and the next thread, as at the socket of a runtime that is not there. */
function whileUp<T extends object>(node: Node, port: T): T {
  return wrapped(port, (name, call) => {
    if (name === 'subscribe') return call;
    return (...args) => (node.isDown ? Promise.reject(new RuntimeError('Unavailable', DOWN)) : call(...args));
  });
}

function virtualTime(node: Node, order: IssueOrder): VirtualTime {
  return {
    async quiesce() {
      do {
        await order.whenSettled();
        await node.thread.quiet();
        // What has come in has resolved promises; those who wait for them get their turn first.
        await reactionsRun();
      } while (!order.settled || !node.thread.isQuiet);
    },
    nextDeadlineMs: () => node.nextDeadlineMs,
    advanceTo: (nowMs) => node.advanceTo(nowMs),
  };
}

const machineSeed = () => (performance.timeOrigin * 1000 + performance.now() * 1000) % 2 ** 31;

/** Away from what the engine and the guests draw from the same seed: an id must not look like a pod's UID. */
const ID_STREAM = 0x1d;

/** 64 hexadecimal digits, as containerd's ids. */
function idSource(seed: number): () => string {
  let state: RandomState = seedRandom(seed ^ (ID_STREAM << 24));
  return () => {
    let id = '';
    while (id.length < 64) {
      const [word, after] = nextUint32(state);
      state = after;
      id += word.toString(16).padStart(8, '0');
    }
    return id;
  };
}
