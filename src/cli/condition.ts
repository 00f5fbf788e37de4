/** The conditions of `--until`, and when a run without one is over. */
import type { CoreEvent, Pod } from '../api/types.ts';

export type PodCondition = 'Ready' | 'Running' | 'Succeeded' | 'Failed' | 'deleted';

export type Condition =
  | { readonly kind: 'every'; readonly is: PodCondition }
  | { readonly kind: 'event'; readonly reason: string }
  | { readonly kind: 'pod'; readonly name: string; readonly is: PodCondition };

const POD_CONDITIONS: readonly PodCondition[] = ['Ready', 'Running', 'Succeeded', 'Failed', 'deleted'];

/** Undefined when `text` is no condition. */
export function parseCondition(text: string): Condition | undefined {
  const event = /^event=([A-Za-z]+)$/.exec(text);
  if (event?.[1] !== undefined) return { kind: 'event', reason: event[1] };
  const pod = /^pod\/([^=]+)=(.+)$/.exec(text);
  const is = POD_CONDITIONS.find((one) => one === (pod?.[2] ?? text));
  if (is === undefined) return undefined;
  return pod?.[1] === undefined ? { kind: 'every', is } : { kind: 'pod', name: pod[1], is };
}

/** A pod that was applied; it stays known by name when it is gone. */
export interface AppliedPod {
  readonly uid: string;
  readonly name: string;
}

/** What a condition looks at. */
export interface View {
  readonly applied: readonly AppliedPod[];
  readonly pods: readonly Pod[];
  readonly events: readonly CoreEvent[];
}

export function holds(condition: Condition, { applied, pods, events }: View): boolean {
  switch (condition.kind) {
    case 'event':
      return events.some(({ reason }) => reason === condition.reason);
    case 'pod': {
      const ours = applied.filter(({ name }) => name === condition.name);
      return ours.length > 0 && ours.every(({ uid }) => podIs(condition.is, byUid(pods, uid)));
    }
    case 'every':
      return applied.length > 0 && applied.every(({ uid }) => podIs(condition.is, byUid(pods, uid)));
  }
}

function isFinished({ status }: Pod): boolean {
  return status?.phase === 'Succeeded' || status?.phase === 'Failed';
}

function isReady(pod: Pod): boolean {
  return pod.status?.conditions?.some(({ type, status }) => type === 'Ready' && status === 'True') ?? false;
}

function podIs(condition: PodCondition, pod: Pod | undefined): boolean {
  if (condition === 'deleted') return pod === undefined;
  if (pod === undefined) return false;
  return condition === 'Ready' ? isReady(pod) : pod.status?.phase === condition;
}

function byUid(pods: readonly Pod[], uid: string): Pod | undefined {
  return pods.find(({ metadata }) => metadata.uid === uid);
}

/** How things stand with the pods of a run that nobody gave an end. */
export function standing({ applied, pods }: View): 'going' | 'ready' | 'finished' | 'gone' {
  const left = applied.flatMap(({ uid }) => byUid(pods, uid) ?? []);
  if (left.length === 0) return 'gone';
  if (left.every(isFinished)) return 'finished';
  const steady = (pod: Pod) => !pod.metadata.deletionTimestamp && (isFinished(pod) || isReady(pod));
  return left.every(steady) ? 'ready' : 'going';
}
