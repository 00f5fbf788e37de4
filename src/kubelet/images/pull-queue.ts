/**
 * The pulls of the node, first come first served: one at a time, or as many as the configuration allows.
 * Follows pkg/kubelet/images/puller.go serialImagePuller and parallelImagePuller.
 */
import type { KubeletConfiguration } from '../../api/kubelet-configuration/fields.ts';
import type { Credential } from './keyring.ts';

/** A pull that waits for its turn. */
export interface QueuedPull {
  readonly podUid: string;
  /** The image user's name. */
  readonly name: string;
  readonly queuedMs: number;
}

/** A pull under way. */
export interface ActivePull extends QueuedPull {
  readonly begunMs: number;
  /** With which it is tried now; undefined: with none. */
  readonly credential?: Credential;
  /** Those to be tried when it fails. */
  readonly others: readonly Credential[];
  /** How it has failed so far. */
  readonly errors: readonly string[];
}

export interface PullQueue {
  readonly waiting: readonly QueuedPull[];
  readonly active: readonly ActivePull[];
}

export const NO_PULLS: PullQueue = { waiting: [], active: [] };

type PullKey = Pick<QueuedPull, 'podUid' | 'name'>;

const isSame = (a: PullKey) => (b: PullKey) => a.podUid === b.podUid && a.name === b.name;

/** How many pulls may be under way at the same time (images.NewImageManager). */
export function parallelPulls({ serializeImagePulls, maxParallelImagePulls }: KubeletConfiguration): number {
  return serializeImagePulls ? 1 : (maxParallelImagePulls ?? Number.POSITIVE_INFINITY);
}

/** The pull whose turn it is; undefined when none waits, or all places are taken. */
export function nextPull({ waiting, active }: PullQueue, places: number): QueuedPull | undefined {
  return active.length < places ? waiting[0] : undefined;
}

export function activePull({ active }: PullQueue, key: PullKey): ActivePull | undefined {
  return active.find(isSame(key));
}

/** The pull begins, or is tried with another credential. */
export function withActive({ waiting, active }: PullQueue, pull: ActivePull): PullQueue {
  const isOther = (other: PullKey) => !isSame(pull)(other);
  return { waiting: waiting.filter(isOther), active: [...active.filter(isOther), pull] };
}

/** The pull is over, or makes way before it has begun. */
export function withoutPull({ waiting, active }: PullQueue, key: PullKey): PullQueue {
  const isOther = (other: PullKey) => !isSame(key)(other);
  return { waiting: waiting.filter(isOther), active: active.filter(isOther) };
}
