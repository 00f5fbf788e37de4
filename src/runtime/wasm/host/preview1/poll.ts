/** Preview 1: `poll_oneoff`, what a guest waits in. */
import type { Process } from '../../process/process.ts';
import { type PollSource, waitForAny } from '../poll.ts';
import { ERRNO, Errno, type GuestMemory } from './abi.ts';
import { type Descriptors, inputOf, outputOf } from './descriptors.ts';

const SUBSCRIPTION_BYTES = 48;
const EVENT_BYTES = 32;
const SUBSCRIPTIONS_LIMIT = 4096;
const EVENT = { clock: 0, read: 1, write: 2 } as const;
const CLOCK = { realtime: 0, monotonic: 1 } as const;
const ABSOLUTE = 1;
const FAR_NS = (1n << 63n) - 1n;

interface Subscription {
  readonly userdata: bigint;
  readonly type: number;
  readonly source: PollSource;
  readonly errno: number;
}

const READY: PollSource = { isReady: () => true };

/** Bound to one process. */
export function pollFunctions(process: Process, descriptors: Descriptors, memory: GuestMemory) {
  const { clock } = process.container.world;

  function timer(at: number): PollSource {
    const { view } = memory;
    const id = view.getUint32(at + 16, true);
    const timeoutNs = view.getBigUint64(at + 24, true);
    if (id !== CLOCK.realtime && id !== CLOCK.monotonic) throw new Errno(ERRNO.inval);
    const absolute = (view.getUint16(at + 40, true) & ABSOLUTE) !== 0;
    const nowNs = clock.nowNs();
    const wallNs = BigInt(Math.round(clock.epochMs() * 1000)) * 1000n;
    const startNs = !absolute ? nowNs : id === CLOCK.realtime ? nowNs - wallNs : 0n;
    const wantedNs = startNs + timeoutNs;
    const deadlineNs = wantedNs < FAR_NS ? wantedNs : FAR_NS;
    return { isReady: () => clock.nowNs() >= deadlineNs, deadlineNs };
  }

  function subscription(at: number): Subscription {
    const { view } = memory;
    const userdata = view.getBigUint64(at, true);
    const type = view.getUint8(at + 8);
    try {
      if (type === EVENT.clock) return { userdata, type, source: timer(at), errno: 0 };
      const entry = descriptors.any(view.getUint32(at + 16, true));
      const stream = type === EVENT.read ? inputOf(entry) : outputOf(entry);
      // A file is always ready.
      return { userdata, type, source: stream?.pollSource() ?? READY, errno: 0 };
    } catch (error) {
      if (!(error instanceof Errno)) throw error;
      return { userdata, type, source: READY, errno: error.errno };
    }
  }

  return {
    async poll_oneoff(inAt: number, outAt: number, count: number, eventsAt: number): Promise<void> {
      if (count === 0 || count >>> 0 > SUBSCRIPTIONS_LIMIT) throw new Errno(ERRNO.inval);
      process.waitingCall(count * 64);
      const all = Array.from({ length: count }, (_, index) =>
        subscription((inAt >>> 0) + SUBSCRIPTION_BYTES * index),
      );
      const ready = await waitForAny(
        process,
        all.map(({ source }) => source),
      );
      let at = outAt >>> 0;
      for (const index of ready) {
        const one = all[index];
        if (one === undefined) continue;
        memory.bytes(at, EVENT_BYTES).fill(0);
        const { view } = memory;
        view.setBigUint64(at, one.userdata, true);
        view.setUint16(at + 8, one.errno, true);
        view.setUint8(at + 10, one.type);
        // How many bytes there are is not known before they are read: at least one, or the end.
        if (one.type !== EVENT.clock) view.setBigUint64(at + 16, 1n, true);
        at += EVENT_BYTES;
      }
      memory.setU32(eventsAt, (at - (outAt >>> 0)) / EVENT_BYTES);
    },
  };
}
