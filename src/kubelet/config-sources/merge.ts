/**
 * The merge of the config sources: what a source says now against what it said before, as operations on pods.
 * Follows pkg/kubelet/config/config.go merge and checkAndUpdatePod.
 */
import type { Pod } from '../../api/types.ts';
import { sameData } from '../../lib/same-data.ts';
import { formatTime } from '../../lib/time.ts';
import { CONFIG_ANNOTATION, type ConfigSource, podFullName } from '../pod-manager/pod-kinds.ts';

/** What the sync loop does about a pod (kubetypes.PodOperation). */
export interface PodOperation {
  readonly op: 'ADD' | 'UPDATE' | 'DELETE' | 'RECONCILE' | 'REMOVE';
  readonly pod: Pod;
}

/** By UID, in the order in which they came. */
export type SourcePods = Readonly<Record<string, Pod>>;

export interface Merged {
  readonly pods: SourcePods;
  /** Removals first, then additions, updates, graceful deletions, reconciliations. */
  readonly operations: readonly PodOperation[];
  /** Of several pods of one name only the first counts; these do not. */
  readonly duplicates: readonly Pod[];
}

/** Annotations of the kubelet's own: a source does not change them. */
const LOCAL: readonly string[] = [CONFIG_ANNOTATION.source, CONFIG_ANNOTATION.mirror, CONFIG_ANNOTATION.seen];

const ORDER = ['REMOVE', 'ADD', 'UPDATE', 'DELETE', 'RECONCILE'] as const;

/** All that the source has (SET). */
export function mergeAll(
  before: SourcePods,
  source: ConfigSource,
  pods: readonly Pod[],
  nowMs: number,
): Merged {
  const operations: PodOperation[] = [];
  const after: Record<string, Pod> = {};
  const duplicates: Pod[] = [];
  const names = new Set<string>();
  for (const pod of pods) {
    const name = podFullName(pod.metadata);
    if (names.has(name)) {
      duplicates.push(pod);
      continue;
    }
    names.add(name);
    const { uid } = pod.metadata;
    const merged = mergeOne(before[uid], source, pod, nowMs);
    after[uid] = merged.pod;
    if (merged.op !== undefined) operations.push({ op: merged.op, pod: merged.pod });
  }
  for (const [uid, pod] of Object.entries(before)) {
    if (after[uid] === undefined) operations.push({ op: 'REMOVE', pod });
  }
  const inOrder = operations.toSorted((a, b) => ORDER.indexOf(a.op) - ORDER.indexOf(b.op) || older(a, b));
  return { pods: after, operations: inOrder, duplicates };
}

/** Additions are handled oldest first (kubelet.go HandlePodAdditions). */
function older(a: PodOperation, b: PodOperation): number {
  if (a.op !== 'ADD') return 0;
  const [first, second] = [a.pod.metadata.creationTimestamp, b.pod.metadata.creationTimestamp];
  return first === second ? 0 : first < second ? -1 : 1;
}

/** One pod of the source, with the marks of where it is from and since when it is known. */
export function mergeOne(
  before: Pod | undefined,
  source: ConfigSource,
  pod: Pod,
  nowMs: number,
): { readonly pod: Pod; readonly op?: Exclude<PodOperation['op'], 'REMOVE'> } {
  const marked = withMarks(pod, source, before, nowMs);
  if (before === undefined) return { pod: marked, op: 'ADD' };
  if (!differs(before, marked)) {
    return sameData(before.status, marked.status) ? { pod: before } : { pod: marked, op: 'RECONCILE' };
  }
  return { pod: marked, op: marked.metadata.deletionTimestamp === undefined ? 'UPDATE' : 'DELETE' };
}

function withMarks(pod: Pod, source: ConfigSource, before: Pod | undefined, nowMs: number): Pod {
  const { seen } = CONFIG_ANNOTATION;
  const annotations = {
    ...pod.metadata.annotations,
    [seen]: before?.metadata.annotations?.[seen] ?? formatTime(nowMs),
    [CONFIG_ANNOTATION.source]: source,
  };
  return { ...pod, metadata: { ...pod.metadata, annotations } };
}

/** podsDifferSemantically: what is wanted, not what is reported. */
function differs({ metadata: a, spec }: Pod, { metadata: b, spec: wanted }: Pod): boolean {
  return !(
    sameData(spec, wanted) &&
    sameData(a.labels, b.labels) &&
    a.deletionTimestamp === b.deletionTimestamp &&
    a.deletionGracePeriodSeconds === b.deletionGracePeriodSeconds &&
    sameData(foreign(a.annotations), foreign(b.annotations))
  );
}

function foreign(annotations: Readonly<Record<string, string>> = {}) {
  return Object.fromEntries(Object.entries(annotations).filter(([key]) => !LOCAL.includes(key)));
}
