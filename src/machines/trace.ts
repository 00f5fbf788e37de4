/** The trace: what came of an event, said so that a learner can follow and check it. */
import type { ObjectReference } from '../api/types.ts';
import type { Stage } from '../lib/stage.ts';
import type { Told, WhyKey } from '../messages/why.ts';

/** Where the real kubelet does this: a file of kubernetes/kubernetes and a function in it. */
export interface Where {
  readonly file: string;
  readonly function: string;
}

/** The function `name` in a `file` of kubernetes/kubernetes. */
export const at = (file: string, name: string): Where => ({ file, function: name });

/** One transition (or one decision that moved no machine: then `from` equals `to`). */
export interface TraceEntry {
  readonly stage: Stage;
  readonly object: ObjectReference;
  /** `pod`, `podWorker`, `sandbox`, `container`, `imagePull`, `volume`, `probe`, or a kubelet part such as `pleg`. */
  readonly machine: string;
  /** The machine's key in the flat map of snapshots; it tells a pod's volumes and probes apart. */
  readonly key?: string;
  readonly from: string;
  readonly to: string;
  /** The event's name, for example `ContainerDied`. */
  readonly event: string;
  /** The effects this entry asked for, as short text: `stopContainer web 30s`. */
  readonly effects: readonly string[];
  readonly why: Told<WhyKey>;
  readonly where: Where;
}
