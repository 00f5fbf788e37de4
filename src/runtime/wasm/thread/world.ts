/** What everything on the runtime thread shares: the clock, the timers, the scheduler, the network, the way out. */
import type { MemoryVolumes } from '../fs/tmpfs.ts';
import type { PodNet } from '../net/pod-net.ts';
import type { LogFlow } from '../process/log-writer.ts';
import type { NodeMemory } from '../process/node-memory.ts';
import type { NodePids } from '../process/pids.ts';
import type { GuestClock } from '../scheduler/clock.ts';
import type { NodeCpu } from '../scheduler/node-cpu.ts';
import type { Scheduler } from '../scheduler/scheduler.ts';
import type { Timers } from '../scheduler/timers.ts';
import type { ContainerEvent, SessionEvent } from './protocol.ts';
import type { GuestRandom } from './random.ts';

export interface World {
  readonly clock: GuestClock;
  readonly timers: Timers;
  readonly scheduler: Scheduler;
  readonly net: PodNet;
  readonly random: GuestRandom;
  readonly logFlow: LogFlow;
  readonly memory: NodeMemory;
  readonly pids: NodePids;
  readonly memoryVolumes: MemoryVolumes;
  readonly cpu: NodeCpu;
  /** How many CPUs the node has. */
  readonly nodeCpus: number;
  /** Tells the main thread. */
  readonly emit: (event: ContainerEvent) => void;
  /** Tells the main thread what happens in a session. */
  readonly emitSession: (event: SessionEvent) => void;
  /** Shows the main thread that this one is alive. */
  readonly pulse: () => void;
}
