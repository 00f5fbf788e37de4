/** What the kubelet remembers of its own Node between two turns. */
import type { Image } from '../../api/cri.ts';
import type { EffectId } from '../../machines/effects.ts';

export interface NodeStatusSlice {
  readonly registered: boolean;
  /** The API server had the Node before this kubelet came. */
  readonly wasKnown: boolean;
  /** The wait before the next attempt to register, milliseconds. */
  readonly registerStepMs: number;
  /** When a status was last written; undefined before the first time. */
  readonly lastReportMs?: number;
  /** What the last event said of a cordon. */
  readonly wasUnschedulable: boolean;
  /** The short way to the first Ready: over once it was posted, or two minutes after the start. */
  readonly hurries: boolean;
  /** What the runtime last said of its images (image_gc_manager.go imageCache). */
  readonly images: readonly Image[];
  /** The wait before the next attempt to create the CSINode object; undefined once it is there. */
  readonly csiStepMs?: number;
  /** The write of a status on its way: `tries` counts from 1. */
  readonly post?: { readonly effectId: EffectId; readonly tries: number; readonly ready: boolean };
}

export const NO_NODE_STATUS: NodeStatusSlice = {
  registered: false,
  wasKnown: false,
  registerStepMs: 100,
  wasUnschedulable: false,
  hurries: true,
  csiStepMs: 15,
  images: [],
};
