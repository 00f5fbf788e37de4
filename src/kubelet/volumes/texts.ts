/** The volume manager's news: the step that failed, for which volume, and what pods read of it. */
import type { EventText } from '../events/texts.ts';

/** `prefix for volume "name" suffix` (volumetypes.GeneratedOperations and operation_executor.go, GenerateMsg). */
const about = (prefix: string, volume: string, suffix: string) =>
  `${prefix} for volume "${volume}"${suffix === '' ? '' : ` ${suffix}`}`;

/** The operations of a volume, each with its event's reason and how its message begins. */
const OPERATIONS = {
  newMounter: { reason: 'FailedMount', prefix: 'MountVolume.NewMounter initialization failed' },
  nodeAffinity: { reason: 'FailedMount', prefix: 'MountVolume.NodeAffinity check failed' },
  waitForAttach: { reason: 'FailedMount', prefix: 'MountVolume.WaitForAttach failed' },
  mountDevice: { reason: 'FailedMount', prefix: 'MountVolume.MountDevice failed' },
  setUp: { reason: 'FailedMount', prefix: 'MountVolume.SetUp failed' },
  newMapper: { reason: 'FailedMapVolume', prefix: 'MapVolume.NewBlockVolumeMapper initialization failed' },
  setUpDevice: { reason: 'FailedMapVolume', prefix: 'MapVolume.SetUpDevice failed' },
  attach: { reason: 'FailedAttachVolume', prefix: 'AttachVolume.Attach failed' },
} as const;

export type VolumeOperation = keyof typeof OPERATIONS;

/** How the message of a failed operation begins. */
export const operationPrefix = (operation: VolumeOperation): string => OPERATIONS[operation].prefix;

/** A step of getting a volume ready failed (operation_generator.go); `volume` is the persistent volume's name when there is one. */
export function operationFailed(operation: VolumeOperation, volume: string, error: string): EventText {
  const { reason, prefix } = OPERATIONS[operation];
  return { type: 'Warning', reason, message: about(prefix, volume, `: ${error}`) };
}

/**
 * The volume may be attached to one node at a time, and another has it, for these pods if they are known
 * (pkg/controller/volume/attachdetach/reconciler, reportMultiAttachError).
 */
export function multiAttach(volume: string, pods: readonly string[]): EventText {
  const suffix =
    pods.length === 0
      ? "Volume is already exclusively attached to one node and can't be attached to another"
      : `Volume is already used by pod(s) ${pods.join(', ')}`;
  return {
    type: 'Warning',
    reason: 'FailedAttachVolume',
    message: about('Multi-Attach error', volume, suffix),
  };
}

/** Only the log tells this: the node's status does not list the volume yet. */
export function notAttachedYet(volume: string): string {
  return about('Volume not attached according to node status', volume, '');
}
