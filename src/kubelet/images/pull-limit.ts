/** How many pulls a second the node may begin (registryPullQPS, registryBurst): a token bucket as data. */

export interface PullLimit {
  /** 0: no limit. */
  readonly qps: number;
  readonly burst: number;
  readonly tokens: number;
  readonly lastMs: number;
}

export const PULL_QPS_EXCEEDED = 'pull QPS exceeded';

export function newPullLimit(qps: number, burst: number, nowMs: number): PullLimit {
  return { qps, burst, tokens: burst, lastMs: nowMs };
}

/** Takes one token if there is one (flowcontrol.RateLimiter TryAccept). */
export function tryAccept(limit: PullLimit, nowMs: number): [accepted: boolean, limit: PullLimit] {
  if (limit.qps === 0) return [true, limit];
  const refilled = limit.tokens + ((nowMs - limit.lastMs) / 1000) * limit.qps;
  const tokens = Math.min(refilled, limit.burst);
  const accepted = tokens >= 1;
  return [accepted, { ...limit, tokens: accepted ? tokens - 1 : tokens, lastMs: nowMs }];
}
