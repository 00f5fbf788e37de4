/** The probes' latest results by container id: read by the plan and by the status. */
import type { ProbeKind } from '../../api/types.ts';

export type ProbeResult = 'success' | 'failure' | 'unknown';

/** prober/results: one cache a probe kind, keyed by the runtime's container id. */
export type ProbeResults = Readonly<Record<ProbeKind, Readonly<Record<string, ProbeResult>>>>;

export const NO_PROBE_RESULTS: ProbeResults = { liveness: {}, readiness: {}, startup: {} };

/** Puts a result in (results_manager.go Set); the same cache comes back when nothing changed. */
export function setProbeResult(
  results: ProbeResults,
  kind: ProbeKind,
  containerId: string,
  result: ProbeResult,
): ProbeResults {
  if (results[kind][containerId] === result) return results;
  return { ...results, [kind]: { ...results[kind], [containerId]: result } };
}

/** Takes a container's result out (results_manager.go Remove). */
export function removeProbeResult(results: ProbeResults, kind: ProbeKind, containerId: string): ProbeResults {
  if (results[kind][containerId] === undefined) return results;
  const { [containerId]: _gone, ...rest } = results[kind];
  return { ...results, [kind]: rest };
}
