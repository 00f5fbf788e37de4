/** The only place that wires concrete parts: a runtime, a clock, node files and a kubelet become an engine. */

import { DEFAULT_CONFIGURATION } from '../api/kubelet-configuration/defaulting.ts';
import type { KubeletConfiguration } from '../api/kubelet-configuration/fields.ts';
import type { FoundMachine, NodeSize } from '../cluster/node.ts';
import { type Clock, PacedClock, VIRTUAL_EPOCH_MS, VirtualClock, WallClock } from '../engine/clock.ts';
import { SteppingEngine } from '../engine/engine.ts';
import type { FetchManifest } from '../engine/fetch-manifest.ts';
import type { NodeFiles } from '../engine/node-files.ts';
import { fakeNodeFiles } from '../engine/node-files-fake.ts';
import { openNodeFiles } from '../engine/node-files-real.ts';
import type { ClockKind, Engine } from '../engine/types.ts';
import { PodstepError } from '../lib/errors.ts';
import { fnv1a32 } from '../lib/fnv.ts';
import { withFaults } from '../runtime/faults.ts';
import type { Runtime } from '../runtime/port.ts';
import { kubeletOf } from './kubelet.ts';
import { nodeFacts } from './node.ts';
import type { NodeHome } from './node-home.ts';

export interface ComposeOptions {
  readonly runtime: 'wasm' | 'docker' | 'fake';
  readonly clock: ClockKind;
  /** Virtual seconds a second, for the paced clock; default 1. */
  readonly speed?: number;
  readonly seed: number;
  readonly nodeName: string;
  /** The kubelet's configuration; by default its defaults. */
  readonly config?: KubeletConfiguration;
  /** How large the node is; by default large enough. */
  readonly nodeSize?: NodeSize;
  /** Names of further nodes in the cluster, which stay well by themselves. */
  readonly peers?: readonly string[];
  /** A directory of this machine as the node's `/etc/kubernetes/manifests`; without it that one is empty. */
  readonly manifestDirectory?: string;
  /** How the kubelet reads manifests from a URL; by default over this machine's network. */
  readonly fetchManifest?: FetchManifest;
  /** Where guests may go beyond the pods' network, with wall time: `HOST[:PORT]`; by default nowhere. */
  readonly egress?: readonly string[];
  /** The wasm runtime's image store; by default the user's. */
  readonly imageDirectory?: string;
  /** On Docker: containers and files are left as they are when the engine is closed, for whoever comes next. */
  readonly keep?: boolean;
  /** On Docker: a static busybox of this machine stands in for busybox images that cannot be pulled. */
  readonly localBusybox?: LocalBusybox;
  /** What decides where the container engine is (`DOCKER_HOST`, ...), and podstep's own place; by default the process'. */
  readonly environment?: Readonly<Record<string, string | undefined>>;
}

/** A program of this machine in place of images. */
export interface LocalBusybox {
  /** By default the first one of the PATH. */
  readonly file?: string;
  /** Told for each image that it stands in for. */
  readonly onUse?: (image: string, file: string) => void;
}

/** A runtime, and for one of real containers the machine that it is on and the node's directory there. */
interface Opened {
  readonly runtime: Runtime;
  readonly machine?: FoundMachine;
  readonly home?: NodeHome;
}

/** Makes an engine that has not started. Throws PodstepError. */
export async function composeEngine(options: ComposeOptions): Promise<Engine> {
  const epochMs = options.clock === 'wall' ? Date.now() : VIRTUAL_EPOCH_MS;
  const { runtimeRequestTimeoutMs: requestTimeoutMs } = options.config ?? DEFAULT_CONFIGURATION;
  const { machine, home, ...opened } = await openRuntime(options, epochMs);
  const runtime = withFaults(opened.runtime, epochMs, requestTimeoutMs);
  const facts = { runtimeName: runtime.name, config: options.config, size: options.nodeSize, machine };
  try {
    const clock = openClock(options, runtime, epochMs);
    return new SteppingEngine({
      runtime,
      // Two nodes share one Engine, and there a pod's name has its UID in it.
      objectSeed: home === undefined ? options.seed : options.seed + fnv1a32(home.directory),
      clock,
      clockKind: options.clock,
      kubelet: kubeletOf(clock.now(), facts),
      files: await openFiles(options, home),
      ...(options.fetchManifest && { fetchManifest: options.fetchManifest }),
      seed: options.seed,
      requestTimeoutMs,
      machine,
      node: {
        ...nodeFacts(options.nodeName, facts),
        ...(options.peers === undefined ? {} : { peers: options.peers }),
      },
    });
  } catch (error) {
    await runtime.close();
    await home?.close(options.keep ? 'kept' : 'removed');
    throw error;
  }
}

/** Each adapter is loaded only when it is used. */
async function openRuntime(options: ComposeOptions, epochMs: number): Promise<Opened> {
  const { seed, nodeName, runtime: runtimeName, config, nodeSize: size } = options;
  const { cpuCount, memoryBytes, own } = nodeFacts(nodeName, { runtimeName, config, size });
  // What the system itself takes is not there for containers.
  const nodeMemoryBytes = memoryBytes - own.memoryBytes;
  switch (options.runtime) {
    case 'fake': {
      const { createFakeRuntime } = await import('../runtime/fake/runtime.ts');
      return { runtime: createFakeRuntime({ seed, epochMs, nodeMemoryBytes }) };
    }
    case 'wasm': {
      const { openWasmRuntime } = await import('./wasm.ts');
      const clock = options.clock === 'wall' ? 'wall' : 'virtual';
      const { imageDirectory: directory, egress } = options;
      const given = { clock, seed, epochMs, directory, egress, nodeMemoryBytes, nodeCpus: cpuCount } as const;
      return { runtime: await openWasmRuntime(given) };
    }
    case 'docker': {
      if (options.clock !== 'wall') throw wallTimeOnly('docker');
      const { openDocker } = await import('./docker.ts');
      return openDocker(options);
    }
  }
}

/** Where no container is real no file needs to be, unless somebody's own directory is to be watched. */
async function openFiles(options: ComposeOptions, home: NodeHome | undefined): Promise<NodeFiles> {
  const isFake = options.runtime === 'fake' && options.manifestDirectory === undefined;
  const { manifestDirectory, config = DEFAULT_CONFIGURATION } = options;
  return isFake
    ? fakeNodeFiles()
    : openNodeFiles({
        ...(home && { root: home.directory, onClose: () => home.close(options.keep ? 'kept' : 'removed') }),
        manifestDirectory,
        podLogsDir: config.podLogsDir,
      });
}

function openClock({ clock, speed = 1 }: ComposeOptions, runtime: Runtime, epochMs: number): Clock {
  const time = runtime.virtualTime;
  if (time === null) {
    if (clock === 'wall') return new WallClock();
    throw wallTimeOnly(runtime.name);
  }
  if (clock === 'virtual') return new VirtualClock(time, epochMs);
  return new PacedClock(time, epochMs, clock === 'wall' ? 1 : speed);
}

function wallTimeOnly(runtimeName: string): PodstepError {
  return new PodstepError('NOT_SUPPORTED', `${runtimeName} has wall time only: use --clock wall`);
}
