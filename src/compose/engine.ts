/** The only place that wires concrete parts: a runtime, a clock, node files and a kubelet become an engine. */

import { DEFAULT_CONFIGURATION } from '../api/kubelet-configuration/defaulting.ts';
import type { KubeletConfiguration } from '../api/kubelet-configuration/fields.ts';
import type { NodeSize } from '../cluster/node.ts';
import { type Clock, PacedClock, VIRTUAL_EPOCH_MS, VirtualClock, WallClock } from '../engine/clock.ts';
import { SteppingEngine } from '../engine/engine.ts';
import type { FetchManifest } from '../engine/fetch-manifest.ts';
import type { NodeFiles } from '../engine/node-files.ts';
import { fakeNodeFiles } from '../engine/node-files-fake.ts';
import { openNodeFiles } from '../engine/node-files-real.ts';
import type { ClockKind, Engine } from '../engine/types.ts';
import { PodstepError } from '../lib/errors.ts';
import { withFaults } from '../runtime/faults.ts';
import type { Runtime } from '../runtime/port.ts';
import { kubeletOf } from './kubelet.ts';
import { nodeFacts } from './node.ts';

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
}

/** Makes an engine that has not started. Throws PodstepError. */
export async function composeEngine(options: ComposeOptions): Promise<Engine> {
  const epochMs = options.clock === 'wall' ? Date.now() : VIRTUAL_EPOCH_MS;
  const { runtimeRequestTimeoutMs: requestTimeoutMs } = options.config ?? DEFAULT_CONFIGURATION;
  const runtime = withFaults(await openRuntime(options, epochMs), epochMs, requestTimeoutMs);
  try {
    const clock = openClock(options, runtime, epochMs);
    return new SteppingEngine({
      runtime,
      clock,
      clockKind: options.clock,
      kubelet: kubeletOf(runtime.name, clock.now(), options.config, options.nodeSize),
      files: await openFiles(options),
      ...(options.fetchManifest && { fetchManifest: options.fetchManifest }),
      seed: options.seed,
      requestTimeoutMs,
      node: {
        ...nodeFacts(options.nodeName, runtime.name, options.config, options.nodeSize),
        ...(options.peers === undefined ? {} : { peers: options.peers }),
      },
    });
  } catch (error) {
    await runtime.close();
    throw error;
  }
}

/** Each adapter is loaded only when it is used. */
async function openRuntime(options: ComposeOptions, epochMs: number): Promise<Runtime> {
  const { seed, nodeName } = options;
  const { cpuCount, memoryBytes, own } = nodeFacts(
    nodeName,
    options.runtime,
    options.config,
    options.nodeSize,
  );
  // What the system itself takes is not there for containers.
  const nodeMemoryBytes = memoryBytes - own.memoryBytes;
  switch (options.runtime) {
    case 'fake': {
      const { createFakeRuntime } = await import('../runtime/fake/runtime.ts');
      return createFakeRuntime({ seed, epochMs, nodeMemoryBytes });
    }
    case 'wasm': {
      const { openWasmRuntime } = await import('./wasm.ts');
      const clock = options.clock === 'wall' ? 'wall' : 'virtual';
      const { imageDirectory: directory, egress } = options;
      return openWasmRuntime({
        ...{ clock, seed, epochMs, directory, egress, nodeMemoryBytes },
        nodeCpus: cpuCount,
      });
    }
    case 'docker':
      throw new PodstepError('NOT_SUPPORTED', 'the docker runtime is not part of this version');
  }
}

/** Where no container is real no file needs to be, unless somebody's own directory is to be watched. */
async function openFiles(options: ComposeOptions): Promise<NodeFiles> {
  const isFake = options.runtime === 'fake' && options.manifestDirectory === undefined;
  const { manifestDirectory, config = DEFAULT_CONFIGURATION } = options;
  return isFake ? fakeNodeFiles() : openNodeFiles({ manifestDirectory, podLogsDir: config.podLogsDir });
}

function openClock({ clock, speed = 1 }: ComposeOptions, runtime: Runtime, epochMs: number): Clock {
  const time = runtime.virtualTime;
  if (time === null) {
    if (clock === 'wall') return new WallClock();
    throw new PodstepError('NOT_SUPPORTED', `${runtime.name} has wall time only: use --clock wall`);
  }
  if (clock === 'virtual') return new VirtualClock(time, epochMs);
  return new PacedClock(time, epochMs, clock === 'wall' ? 1 : speed);
}
