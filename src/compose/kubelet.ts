/** The kubelet's core, as the engine and a replay start it. */
import type { KubeletCore } from '../engine/core.ts';
import { PodstepError } from '../lib/errors.ts';

/** `runtimeName` goes into container ids (`wasm://...`); the state begins at `startedAtMs`. */
export function kubeletOf(runtimeName: string, startedAtMs: number): KubeletCore<unknown> {
  throw new PodstepError('NOT_SUPPORTED', `no kubelet for ${runtimeName} at ${startedAtMs} yet`);
}
