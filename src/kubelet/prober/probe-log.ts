/** What one probe logs (pkg/kubelet/prober/prober.go probe). */
import type { Pod } from '../../api/types.ts';
import type { Draft } from '../draft.ts';
import { logError, logInfo, podKeys } from '../log/log.ts';
import type { ProbeAnswer } from '../probes/answer.ts';
import type { ProbeWorker } from '../probes/worker.ts';

const FILE = 'prober.go';
const PROBE_TYPE = { liveness: 'Liveness', readiness: 'Readiness', startup: 'Startup' } as const;

/** One line a probe: its failure at V(1), its success at V(3). */
export function logProbe(draft: Draft, pod: Pod, worker: ProbeWorker, answer: ProbeAnswer): void {
  const probeType = PROBE_TYPE[worker.kind];
  const keys = { probeType, ...podKeys(pod), containerName: worker.containerName };
  switch (answer.result) {
    case 'success':
      logInfo(draft, 3, FILE, 'Probe succeeded', keys);
      return;
    case 'warning':
      logInfo(draft, 3, FILE, 'Probe succeeded with a warning', { ...keys, output: answer.output });
      return;
    case 'failure':
      logInfo(draft, 1, FILE, 'Probe failed', { ...keys, probeResult: 'failure', output: answer.output });
      return;
    case 'unknown':
      logInfo(draft, 1, FILE, 'Probe unknown without error', { ...keys, probeResult: 'unknown' });
      return;
    case 'error':
      if (draft.state.config.logging.verbosity >= 1)
        logError(draft, FILE, answer.error, 'Probe errored', { ...keys, probeResult: 'unknown' });
  }
}
