/** What an engine is made of: whoever composes a run puts it in. */
import type { FoundMachine, NodeFacts } from '../cluster/node.ts';
import type { FaultyRuntime } from '../runtime/port.ts';
import type { Clock } from './clock.ts';
import type { KubeletCore } from './core.ts';
import type { FetchManifest } from './fetch-manifest.ts';
import type { NodeFiles } from './node-files.ts';
import type { ClockKind } from './types.ts';

export interface EngineParts<KubeletState> {
  readonly runtime: FaultyRuntime;
  readonly kubelet: KubeletCore<KubeletState>;
  readonly files: NodeFiles;
  readonly clock: Clock;
  /** What the clock is called; a virtual runtime's wall clock is paced at 1. */
  readonly clockKind: ClockKind;
  readonly seed: number;
  /** Decides the UIDs of objects; by default `seed`. */
  readonly objectSeed?: number;
  readonly node: NodeFacts;
  /** The machine that the node is on, where that is a real one. */
  readonly machine?: FoundMachine | undefined;
  /** By default over this machine's network. */
  readonly fetchManifest?: FetchManifest;
  /** How long a runtime without virtual time may take to answer; by default for ever. */
  readonly requestTimeoutMs?: number;
}
