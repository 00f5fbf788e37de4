/** The periods of everything that tells the API server that the node lives. */
import { jitteredMs } from './backoff/requeue.ts';
import { type Draft, update } from './draft.ts';

/** kubelet.go Run, and lease/controller.go Run: each period is stretched by up to this much of itself. */
const HEARTBEAT_JITTER = 0.04;

/** One period with its jitter, milliseconds. Heartbeats draw from a stream of their own: no pod depends on them. */
export function heartbeatPeriodMs(draft: Draft, periodMs: number): number {
  const [delayMs, heartbeatRandom] = jitteredMs(periodMs, HEARTBEAT_JITTER, draft.state.heartbeatRandom);
  update(draft, { heartbeatRandom });
  return delayMs;
}
