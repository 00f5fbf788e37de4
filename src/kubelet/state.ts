/**
 * The kubelet's whole state: plain, immutable data, one slice a manager. Nothing else is remembered
 * between two turns, so a state can be written down, read back and gone on from.
 */
import type { Pod, PodStatus } from '../api/types.ts';
import { type RandomState, seedRandom } from '../lib/random.ts';
import type { EffectId } from '../machines/effects.ts';
import type { MachineSnapshot } from '../machines/run-machine.ts';
import type { NodeConfig } from './node-config.ts';
import { NO_PLEG, type Pleg } from './pleg/pleg-state.ts';
import type { PodWorker } from './pod-worker/worker-state.ts';
import type { StartErrors } from './status/start-error.ts';

/** What the status manager knows of one pod. */
export interface PodStatusRecord {
  readonly status: PodStatus;
  /** Counts the versions of the status; the API server has `postedVersion`. */
  readonly version: number;
  readonly postedVersion: number;
  /** The patch on its way, and the version it carries; another one waits for its outcome. */
  readonly patch?: { readonly effectId: EffectId; readonly version: number };
  /** The deletion of the object is on its way. */
  readonly deleting: boolean;
}

export interface KubeletState {
  /** The instant of the event being handled, epoch milliseconds. */
  readonly nowMs: number;
  /** When the kubelet started; undefined before. */
  readonly startedMs?: number;
  readonly node: NodeConfig;
  readonly nextEffectId: EffectId;
  readonly random: RandomState;
  /**
   * Every machine, by key: `pod/<uid>`, `worker/<uid>`, `sandbox/<uid>`, `container/<uid>/<name>`,
   * `image/<uid>/<container>`, `volume/<uid>/<name>`, `probe/<uid>/<container>/<kind>`.
   */
  readonly machines: Readonly<Record<string, MachineSnapshot>>;
  /** The pod manager: what the sources want, by UID. */
  readonly pods: Readonly<Record<string, Pod>>;
  readonly workers: Readonly<Record<string, PodWorker>>;
  readonly pleg: Pleg;
  /** The reason cache, by pod UID. */
  readonly startErrors: Readonly<Record<string, StartErrors>>;
  readonly statuses: Readonly<Record<string, PodStatusRecord>>;
}

export interface InitialStateOptions {
  readonly nowMs: number;
  readonly runtimeName: string;
  readonly allocatable: NodeConfig['allocatable'];
}

/** A kubelet that has not started: its name, address and seed come with the event `KubeletStarted`. */
export function initialState(options: InitialStateOptions): KubeletState {
  return {
    nowMs: options.nowMs,
    node: { nodeName: '', hostIP: '', runtimeName: options.runtimeName, allocatable: options.allocatable },
    nextEffectId: 1,
    random: seedRandom(0),
    machines: {},
    pods: {},
    workers: {},
    pleg: NO_PLEG,
    startErrors: {},
    statuses: {},
  };
}

/** A slice without one entry; the same slice when it was not there. */
export function without<T>(slice: Readonly<Record<string, T>>, key: string): Readonly<Record<string, T>> {
  if (!Object.hasOwn(slice, key)) return slice;
  const { [key]: _gone, ...rest } = slice;
  return rest;
}
