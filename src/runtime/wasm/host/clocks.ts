/** `wasi:clocks`: the runtime's time, never the machine's when time is virtual. */
import type { Process } from '../process/process.ts';
import { Pollable } from './poll.ts';

/** As far as a deadline can lie ahead: some 292 years. */
const FAR_NS = (1n << 63n) - 1n;

export interface Datetime {
  readonly seconds: bigint;
  readonly nanoseconds: number;
}

/** WASI's seconds and nanoseconds since 1970. */
export function datetime(epochMs: number): Datetime {
  const seconds = Math.floor(epochMs / 1000);
  return { seconds: BigInt(seconds), nanoseconds: Math.round((epochMs - seconds * 1000) * 1_000_000) };
}

/** Milliseconds since 1970, with what is finer behind the point. */
export function datetimeMs(time: Datetime): number {
  return Number(time.seconds) * 1000 + time.nanoseconds / 1_000_000;
}

export function clockImports(process: Process): Record<string, Record<string, unknown>> {
  const { clock } = process.container.world;
  const at = (deadlineNs: bigint) => {
    process.hostCall();
    const boundNs = deadlineNs < FAR_NS ? deadlineNs : FAR_NS;
    return new Pollable(process, { isReady: () => clock.nowNs() >= boundNs, deadlineNs: boundNs });
  };
  return {
    'wasi:clocks/monotonic-clock': {
      now() {
        process.hostCall();
        return clock.nowNs();
      },
      resolution: () => 1n,
      subscribeInstant: (whenNs: bigint) => at(whenNs),
      subscribeDuration: (durationNs: bigint) => at(clock.nowNs() + durationNs),
    },
    'wasi:clocks/wall-clock': {
      now() {
        process.hostCall();
        return datetime(clock.epochMs());
      },
      resolution: () => ({ seconds: 0n, nanoseconds: 1_000_000 }),
    },
  };
}
