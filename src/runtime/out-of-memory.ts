/** Whom the kernel kills when memory runs out: the same choice in every runtime that models it. */

export interface OomCandidate {
  readonly memoryBytes: number;
  readonly oomScoreAdj: number;
}

/** The kernel never kills this one (OOM_SCORE_ADJ_MIN). */
const OOM_SCORE_ADJ_MIN = -1000;

/**
 * How much a process deserves to die: its share of the memory in thousandths, plus its adjustment; undefined
 * when it may not be killed (mm/oom_kill.c oom_badness).
 * @param totalBytes the memory that ran out: the node's, or the limit of the group.
 */
function badness({ memoryBytes, oomScoreAdj }: OomCandidate, totalBytes: number): number | undefined {
  if (oomScoreAdj <= OOM_SCORE_ADJ_MIN) return undefined;
  return (1000 * memoryBytes) / totalBytes + oomScoreAdj;
}

/** The one with the worst score; of equals the first (oom_evaluate_task). */
export function oomVictim<One extends OomCandidate>(
  candidates: Iterable<One>,
  totalBytes: number,
): One | undefined {
  let victim: One | undefined;
  let worst = Number.NEGATIVE_INFINITY;
  for (const candidate of candidates) {
    const points = badness(candidate, totalBytes);
    if (points === undefined || points <= worst) continue;
    worst = points;
    victim = candidate;
  }
  return victim;
}
