/** What the volume manager remembers; the actual state of the world is in the volume machines. */

import type { Pod } from '../../api/types.ts';
import type { EffectId } from '../../machines/effects.ts';
import type { PodVolume } from '../../machines/events.ts';
import { type Draft, type MachineRef, refOf, stateOf, update } from '../draft.ts';
import { without } from '../state.ts';
import type { Token } from './token.ts';
import type { VolumeSpec } from './volume-spec.ts';

export interface VolumeManager {
  /** The desired state of the world, by pod UID; a pod is taken out when nothing of it runs any more. */
  readonly desired: Readonly<Record<string, readonly VolumeSpec[]>>;
  /** The machines of mounted volumes whose content is to be looked at again. */
  readonly remounts: readonly string[];
  /** By machine: how long the last failed operation was left alone. */
  readonly retries: Readonly<Record<string, number>>;
  /** The token manager's cache. */
  readonly tokens: Readonly<Record<string, Token>>;
  /** The reconciler's next pass is on its way. */
  readonly passDue: boolean;
  /** The look at what an earlier kubelet left, and what it waits for. */
  readonly reconstruction: {
    readonly at: 'due' | 'under way' | 'over';
    readonly waits: readonly EffectId[];
    /** What was on disk and is nobody's yet. */
    readonly found: readonly PodVolume[];
  };
}

export const NO_VOLUMES: VolumeManager = {
  desired: {},
  remounts: [],
  retries: {},
  tokens: {},
  passDue: false,
  reconstruction: { at: 'due', waits: [], found: [] },
};

export function setVolumes(draft: Draft, slices: Partial<VolumeManager>): void {
  update(draft, { volumes: { ...draft.state.volumes, ...slices } });
}

export const refOfVolume = (pod: Pod, name: string): MachineRef<'volume'> => refOf('volume', pod, { name });

/** The states in which containers find the volume in its place. */
const MOUNTED: ReadonlySet<string> = new Set(['mounted', 'renewingToken', 'updating', 'updateBackOff']);

export function isMounted(draft: Draft, pod: Pod, name: string): boolean {
  return MOUNTED.has(stateOf(draft, refOfVolume(pod, name)));
}

/** Forgets a pod that is gone for good. */
export function forgetVolumes(draft: Draft, podUid: string): void {
  const { desired, retries, tokens, remounts } = draft.state.volumes;
  const ofOthers = <T>(entries: Readonly<Record<string, T>>, isOwn: (key: string) => boolean) =>
    Object.fromEntries(Object.entries(entries).filter(([key]) => !isOwn(key)));
  const isOwnMachine = (key: string) => key.split('/')[1] === podUid;
  setVolumes(draft, {
    desired: without(desired, podUid),
    remounts: remounts.filter((key) => !isOwnMachine(key)),
    retries: ofOthers(retries, isOwnMachine),
    tokens: ofOthers(tokens, (key) => key.startsWith(`${podUid}/`)),
  });
}
