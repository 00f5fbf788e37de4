/**
 * Which persistent volume a claim gets: of those that fit, the smallest. Follows
 * pkg/controller/volume/persistentvolume (pv_controller.go) and component-helpers storage/volume FindMatchingVolume.
 */
import { type LabelRequirement, matchesRequirement } from '../api/node-selector.ts';
import { mustParseQuantity } from '../api/quantity/parse.ts';
import { compare } from '../api/quantity/quantity.ts';
import type { KubeObject } from '../api/types.ts';

export interface ClaimSpec {
  readonly accessModes?: readonly string[];
  readonly storageClassName?: string;
  readonly volumeMode?: string;
  readonly volumeName?: string;
  readonly resources?: { readonly requests?: { readonly storage?: string } };
  readonly selector?: {
    readonly matchLabels?: Readonly<Record<string, string>>;
    readonly matchExpressions?: readonly LabelRequirement[];
  };
}

export interface VolumeSpec {
  readonly capacity?: { readonly storage?: string };
  readonly accessModes?: readonly string[];
  readonly storageClassName?: string;
  readonly volumeMode?: string;
  readonly claimRef?: { readonly namespace?: string; readonly name?: string; readonly uid?: string };
}

export const claimSpec = (claim: KubeObject) => (claim.spec ?? {}) as ClaimSpec;
export const volumeSpec = (volume: KubeObject) => (volume.spec ?? {}) as VolumeSpec;
export const phaseOf = ({ status }: KubeObject) => (status as { phase?: string } | undefined)?.phase;

/** Whether the volume names this claim as its own (IsVolumeBoundToClaim). */
export function isBoundTo(volume: KubeObject, { metadata }: KubeObject): boolean {
  const { claimRef } = volumeSpec(volume);
  if (claimRef?.name !== metadata.name || claimRef?.namespace !== metadata.namespace) return false;
  return claimRef?.uid === undefined || claimRef.uid === metadata.uid;
}

/** The volume for a claim that has none: one that waits for it, the one that it names, or the smallest that fits. */
export function matchingVolume(claim: KubeObject, volumes: readonly KubeObject[]): KubeObject | undefined {
  const { volumeName } = claimSpec(claim);
  if (volumeName) {
    const named = volumes.find(({ metadata }) => metadata.name === volumeName);
    const free = named !== undefined && (volumeSpec(named).claimRef === undefined || isBoundTo(named, claim));
    return free ? named : undefined;
  }
  const waiting = volumes.find((volume) => isBoundTo(volume, claim) && fits(claim, volume));
  if (waiting !== undefined) return waiting;
  return volumes
    .filter((volume) => volumeSpec(volume).claimRef === undefined && phaseOf(volume) !== 'Failed')
    .filter((volume) => fits(claim, volume))
    .toSorted((a, b) => compare(capacityOf(a), capacityOf(b)))[0];
}

const capacityOf = (volume: KubeObject) => mustParseQuantity(volumeSpec(volume).capacity?.storage ?? '0');

/** Class, mode of use, ways of access, labels and size (CheckVolumeModeMismatches, CheckAccessModes, FindMatchingVolume). */
function fits(claim: KubeObject, volume: KubeObject): boolean {
  const wanted = claimSpec(claim);
  const offered = volumeSpec(volume);
  const request = mustParseQuantity(wanted.resources?.requests?.storage ?? '0');
  return (
    (wanted.storageClassName ?? '') === (offered.storageClassName ?? '') &&
    (wanted.volumeMode ?? 'Filesystem') === (offered.volumeMode ?? 'Filesystem') &&
    (wanted.accessModes ?? []).every((mode) => offered.accessModes?.includes(mode)) &&
    volume.metadata.deletionTimestamp === undefined &&
    selects(wanted.selector, (volume.metadata.labels ?? {}) as Record<string, string>) &&
    compare(capacityOf(volume), request) >= 0
  );
}

function selects(selector: ClaimSpec['selector'], labels: Readonly<Record<string, string>>): boolean {
  const { matchLabels = {}, matchExpressions = [] } = selector ?? {};
  return (
    Object.entries(matchLabels).every(([key, value]) => labels[key] === value) &&
    matchExpressions.every((requirement) => matchesRequirement(requirement, labels))
  );
}
