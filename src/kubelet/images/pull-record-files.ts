/**
 * The records of pulls on the disk, a file for each image: a kubelet that starts anew knows with whose credentials
 * an image came. Follows pkg/kubelet/images/pullmanager/fs_pullrecords.go.
 */

import { sha256Hex } from '../../lib/sha256.ts';
import { formatTime, parseTime } from '../../lib/time.ts';
import type { EffectError, EffectResult } from '../../machines/events.ts';
import { type Draft, emit, nodeOwner, update } from '../draft.ts';
import { KUBELET_ROOT } from '../paths.ts';
import type { PulledRecord, PullRecords } from './pull-records.ts';

export const PULL_RECORDS_KEY = 'images/records';
const DIRECTORY = `${KUBELET_ROOT}/image_manager/pulled`;
const TYPE = { kind: 'ImagePulledRecord', apiVersion: 'kubelet.config.k8s.io/v1beta1' } as const;

const fileOf = (imageRef: string) => `${DIRECTORY}/sha256-${sha256Hex(imageRef)}`;

/** Reads what an earlier kubelet has written. */
export function readPullRecords(draft: Draft): void {
  emit(draft, nodeOwner(draft.state, PULL_RECORDS_KEY), { type: 'listNodeFiles', directory: DIRECTORY });
}

/** The files were read; one that is no record says nothing. What was pulled meanwhile is newer. */
export function pullRecordsRead(draft: Draft, result: EffectResult | EffectError): void {
  if (!('type' in result) || result.type !== 'files') return;
  const found = result.files.flatMap(({ text }) => decoded(text) ?? []);
  const records = Object.fromEntries(found.map((record) => [record.imageRef, record]));
  setRecords(draft, { ...records, ...draft.state.images.records });
}

function decoded(text: string): PulledRecord | undefined {
  let file: Partial<Record<string, unknown>>;
  try {
    file = Object(JSON.parse(text));
  } catch {
    return undefined;
  }
  const { kind, apiVersion, imageRef, lastUpdatedTime, credentialMapping } = file;
  if (kind !== TYPE.kind || apiVersion !== TYPE.apiVersion || typeof imageRef !== 'string') return undefined;
  return {
    imageRef,
    updatedMs: parseTime(String(lastUpdatedTime)) ?? 0,
    credentialMapping: Object(credentialMapping) as PulledRecord['credentialMapping'],
  };
}

/** Keeps the records, and writes that of the image that was pulled. */
export function pullRecordsChanged(draft: Draft, records: PullRecords, imageRef: string): void {
  setRecords(draft, records);
  const record = records[imageRef];
  if (record === undefined) return;
  const { updatedMs, credentialMapping } = record;
  const lastUpdatedTime = formatTime(updatedMs);
  emit(draft, nodeOwner(draft.state, PULL_RECORDS_KEY), {
    type: 'writeNodeFile',
    path: fileOf(imageRef),
    text: JSON.stringify({ ...TYPE, lastUpdatedTime, imageRef, credentialMapping }),
  });
}

/** Forgets images that are gone, but for those that were pulled since (PruneUnknownRecords). */
export function prunePullRecords(draft: Draft, imageRefs: readonly string[]): void {
  const { nowMs, images } = draft.state;
  const present = new Set(imageRefs);
  const gone = Object.values(images.records).filter(
    ({ imageRef, updatedMs }) => !present.has(imageRef) && updatedMs < nowMs,
  );
  if (gone.length === 0) return;
  const left = Object.entries(images.records).filter(
    ([imageRef]) => !gone.some((one) => one.imageRef === imageRef),
  );
  setRecords(draft, Object.fromEntries(left));
  for (const { imageRef } of gone) {
    emit(draft, nodeOwner(draft.state, PULL_RECORDS_KEY), { type: 'removeNodeFile', path: fileOf(imageRef) });
  }
}

function setRecords(draft: Draft, records: PullRecords): void {
  update(draft, { images: { ...draft.state.images, records } });
}
