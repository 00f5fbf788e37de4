/** As much of a process as the host's functions ask for: a root, clocks that a test moves, streams of its own. */

/** As much of a process as the host's functions ask for: a root, clocks that a test moves, streams of its own. */
import fs, { mkdtempSync, realpathSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { HostDirectory } from '../../../../src/runtime/wasm/fs/host.ts';
import { HostMount } from '../../../../src/runtime/wasm/fs/host-mount.ts';
import { type MemoryStore, ROOT } from '../../../../src/runtime/wasm/fs/memory.ts';
import { MemoryDirectory } from '../../../../src/runtime/wasm/fs/memory-directory.ts';
import { NodeIds } from '../../../../src/runtime/wasm/fs/node.ts';
import { type Location, rootLocation } from '../../../../src/runtime/wasm/fs/tree.ts';
import { BytePipe, type ByteSink, type ByteSource } from '../../../../src/runtime/wasm/host/bytes.ts';
import { Descriptor } from '../../../../src/runtime/wasm/host/descriptor.ts';
import { hostImports } from '../../../../src/runtime/wasm/host/imports.ts';
import type { Process } from '../../../../src/runtime/wasm/process/process.ts';
import type { WaitQueue } from '../../../../src/runtime/wasm/scheduler/wait-queue.ts';
import { guestRandom } from '../../../../src/runtime/wasm/thread/random.ts';

export const EPOCH_MS = 1_767_225_600_000;
const NS_PER_MS = 1_000_000n;

export class FakeProcess {
  nowNs = 0n;
  outcome: unknown;
  readonly root: Location;
  readonly plan;
  readonly container;

  constructor(root: Location, standard: { stdin?: ByteSource; stdout?: ByteSink; stderr?: ByteSink } = {}) {
    this.root = root;
    this.plan = {
      arguments: ['program', 'one'],
      environment: [['KEY', 'value']] as const,
      directory: '/srv',
      standard: {
        stdin: standard.stdin ?? new BytePipe(),
        stdout: standard.stdout ?? new BytePipe(),
        stderr: standard.stderr ?? new BytePipe(),
      },
    };
    const clock = { nowNs: () => this.nowNs, epochMs: () => this.epochMs };
    this.container = { root: { location: root }, world: { clock, random: guestRandom('virtual', 7) } };
  }

  get epochMs(): number {
    return EPOCH_MS + Number(this.nowNs / NS_PER_MS);
  }

  passMs(ms: number): void {
    this.nowNs += BigInt(ms) * NS_PER_MS;
  }

  hostCall(): void {}
  waitingCall(): void {}
  disown(): void {}

  own(release: () => void): () => void {
    let held = true;
    return () => {
      if (held) release();
      held = false;
    };
  }

  end(outcome: unknown): void {
    this.outcome ??= outcome;
  }

  /** Time comes to the deadline; without one, a queue must be notified. */
  wait(queues: readonly WaitQueue[], deadlineNs: bigint | undefined): Promise<void> {
    if (this.outcome !== undefined) return Promise.resolve();
    if (deadlineNs !== undefined) {
      this.nowNs = deadlineNs;
      return Promise.resolve();
    }
    return new Promise((resolve) => {
      for (const queue of queues) queue.add(resolve);
    });
  }

  /** Itself, as the host's functions know it. */
  get asProcess(): Process {
    return this as unknown as Process;
  }

  imports(): Record<string, Record<string, unknown>> {
    return hostImports(this.asProcess);
  }

  /** The preopened root. */
  open(): Descriptor {
    return new Descriptor(
      this.asProcess,
      { kind: 'directory', location: this.root },
      { read: true, mutateDirectory: true },
    );
  }
}

export const BACKINGS = ['memory', 'a host directory'] as const;

/** A process whose root is empty, in memory or on the host; `remove` takes it away. */
export function processOn(backing: (typeof BACKINGS)[number]): { process: FakeProcess; remove: () => void } {
  const ids = new NodeIds();
  let now = () => EPOCH_MS;
  if (backing === 'memory') {
    const store: MemoryStore = {
      ids,
      now: () => now(),
      limitBytes: 1 << 20,
      limitNodes: 1000,
      usedBytes: 0,
      usedNodes: 0,
      readonly: false,
      actor: ROOT,
    };
    const process = new FakeProcess(rootLocation(new MemoryDirectory(store, 0o755)));
    now = () => process.epochMs;
    return { process, remove: () => {} };
  }
  const directory = realpathSync(mkdtempSync(join(tmpdir(), 'podstep-descriptor-')));
  const mount = new HostMount({ readonly: false, ids, now: () => now(), virtual: true });
  const process = new FakeProcess(rootLocation(new HostDirectory(mount, directory, fs.lstatSync(directory))));
  now = () => process.epochMs;
  return { process, remove: () => rmSync(directory, { recursive: true, force: true }) };
}
