/** Setting one volume up: its tokens, its content, the mount, and what came of each. */
import type { KubeObject, Pod } from '../../api/types.ts';
import { nextFloat } from '../../lib/random.ts';
import type { VolumeMountRequest } from '../../machines/effects.ts';
import type { EffectError } from '../../machines/events.ts';
import { type Draft, move, moveIf, snapshotOf, stateOf, update } from '../draft.ts';
import { recordEvent } from '../events/recorder.ts';
import { requestError } from '../log/request-error.ts';
import { allocatableQuantities } from '../node-config.ts';
import { keyedDataOf } from '../objects/keyed-data.ts';
import { seenObject } from '../objects/object-cache.ts';
import type { KubeletState } from '../state.ts';
import { without } from '../state.ts';
import { samePayload, versionDirectoryName } from './atomic-writer.ts';
import { logFailed, logMounted, logTokenKept, logVerified } from './log.ts';
import { type SetUp, type SetUpInput, setUpOf } from './mount-request.ts';
import { tokenProjectionsOf } from './payload.ts';
import { operationFailed, type VolumeOperation } from './texts.ts';
import { isClearedAway, printedKey, refreshAtMs, type Token, tokenKey, tokenRequestOf } from './token.ts';
import { isMounted, refOfVolume, setVolumes } from './volume-slice.ts';
import type { VolumeSpec } from './volume-spec.ts';
import { WHERE_VOLUMES } from './where.ts';

/** exponentialbackoff.go: the first wait, and the longest (2 minutes and 2 seconds). */
const INITIAL_RETRY_MS = 500;
const LONGEST_RETRY_MS = 122_000;

/** Mounts a volume, or brings its files up to date; a token that it lacks is asked for first. */
export function setUpVolume(draft: Draft, pod: Pod, spec: VolumeSpec): void {
  const ref = refOfVolume(pod, spec.name);
  const isFirst = draft.state.volumes.retries[ref.key] === undefined && !isMounted(draft, pod, spec.name);
  const request = staleTokens(draft, pod, spec)[0];
  if (isFirst && snapshotOf(draft, ref).context.tokenRequest === undefined) logVerified(draft, pod, spec);
  if (request === undefined) {
    mountContent(draft, pod, spec);
    return;
  }
  const values = { volume: spec.name, account: request.serviceAccount };
  const why = isMounted(draft, pod, spec.name) ? 'volume.renewToken' : 'volume.fetchToken';
  move(
    draft,
    ref,
    { type: 'FetchToken', request },
    { stage: 'mount', why, values, where: WHERE_VOLUMES.token },
  );
}

/** The tokens that the volume lacks, and those whose time to be renewed has come. */
function staleTokens(draft: Draft, pod: Pod, { source }: VolumeSpec) {
  const { nowMs, volumes } = draft.state;
  return tokenProjectionsOf(source)
    .map((projection) => tokenRequestOf(pod, projection))
    .filter((request) => {
      const token = volumes.tokens[tokenKey(request)];
      return token === undefined || nowMs > token.refreshAtMs;
    });
}

/** The tokens in all volumes of the pod; undefined for one that it lacks. */
export function tokensOf({ volumes }: KubeletState, pod: Pod): readonly (Token | undefined)[] {
  return (pod.spec.volumes ?? [])
    .flatMap(tokenProjectionsOf)
    .map((projection) => volumes.tokens[tokenKey(tokenRequestOf(pod, projection))]);
}

/** By what is mounted: everything that it was last made from anew, and was the same. */
const madeFrom = new WeakMap<VolumeMountRequest['source'], readonly unknown[]>();

/** Whether what is mounted is not what would be mounted now; the very same objects give the same files again. */
export function contentDiffers(draft: Draft, pod: Pod, spec: VolumeSpec): boolean {
  const { source } = snapshotOf(draft, refOfVolume(pod, spec.name)).context.volume ?? {};
  if (source?.kind !== 'files') return false;
  if (staleTokens(draft, pod, spec).length > 0) return true;
  const { objects, node, volumes } = draft.state;
  const inputs = [pod, spec.source, objects, node, volumes.tokens];
  if (madeFrom.get(source)?.every((input, index) => input === inputs[index])) return false;
  if (!isSameContent(source, setUpOf(spec, inputOf(draft, pod, spec, source.versionDirectory)))) return true;
  madeFrom.set(source, inputs);
  return false;
}

function isSameContent(mounted: VolumeMountRequest['source'], made: SetUp): boolean {
  if (!made.ok || made.request.source.kind !== 'files' || mounted.kind !== 'files') return false;
  return samePayload(mounted.payload, made.request.source.payload);
}

function mountContent(draft: Draft, pod: Pod, spec: VolumeSpec): void {
  const ref = refOfVolume(pod, spec.name);
  const [versionDirectory, random] = versionDirectoryName(draft.state.nowMs, draft.state.random);
  const made = setUpOf(spec, inputOf(draft, pod, spec, versionDirectory));
  if (!made.ok) {
    mountFailed(draft, pod, spec.name, made.operation, made.error);
    return;
  }
  const { request } = made;
  const { source } = snapshotOf(draft, ref).context.volume ?? {};
  const mounted = stateOf(draft, ref) === 'mounted';
  if (mounted && source !== undefined && isSameContent(source, made)) {
    succeeded(draft, ref.key);
    return;
  }
  if (request.source.kind === 'files') update(draft, { random });
  const values = { volume: spec.name };
  if (mounted) {
    const say = { stage: 'mount', why: 'volume.update', values, where: WHERE_VOLUMES.remount } as const;
    move(draft, ref, { type: 'RemountVolume', volume: request }, say);
  } else {
    const say = { stage: 'mount', why: 'volume.mount', values, where: WHERE_VOLUMES.mount } as const;
    move(draft, ref, { type: 'MountVolume', volume: request }, say);
  }
}

function inputOf(draft: Draft, pod: Pod, spec: VolumeSpec, versionDirectory: string): SetUpInput {
  const { objects, node, volumes } = draft.state;
  const { namespace } = pod.metadata;
  const kinds = { configMap: 'ConfigMap', secret: 'Secret' } as const;
  return {
    pod,
    allocatable: allocatableQuantities(node),
    keyed: (kind, name) => keyedDataOf(seenObject(objects, kinds[kind], namespace, name)),
    token: (projection) => volumes.tokens[tokenKey(tokenRequestOf(pod, projection))]?.text ?? '',
    versionDirectory,
    nodeLabels: labelsOf(seenObject(objects, 'Node', '', node.nodeName)),
    nodeMemoryBytes: node.allocatable.memoryBytes,
    mountedElsewhere: isMountedElsewhere(draft, pod, spec),
  };
}

function labelsOf(object: KubeObject | undefined): Readonly<Record<string, string>> {
  return (object?.metadata.labels ?? {}) as Record<string, string>;
}

function isMountedElsewhere(draft: Draft, pod: Pod, { persistentVolume }: VolumeSpec): boolean {
  if (persistentVolume === undefined) return false;
  const { uid } = persistentVolume.metadata;
  return Object.values(draft.state.workers).some(
    (other) =>
      other.podUid !== pod.metadata.uid &&
      (draft.state.volumes.desired[other.podUid] ?? []).some(
        (spec) => spec.persistentVolume?.metadata.uid === uid && isMounted(draft, other.pod, spec.name),
      ),
  );
}

/** What came of an effect that a volume's machine asked for. */
export type VolumeOutcome =
  | { readonly type: 'mounted'; readonly hostPath: string }
  | { readonly type: 'unmounted' }
  | { readonly type: 'token'; readonly token: string; readonly expiresAtMs: number }
  | { readonly type: 'failed'; readonly error: EffectError };

/** Moves the volume's machine on; a failure opens a back-off of its own. */
export function volumeReturned(draft: Draft, pod: Pod, key: string, outcome: VolumeOutcome): void {
  const name = key.slice(key.lastIndexOf('/') + 1);
  const ref = refOfVolume(pod, name);
  const state = stateOf(draft, ref);
  const values = { volume: name };
  switch (outcome.type) {
    case 'mounted': {
      const { hostPath } = outcome;
      const why = state === 'updating' ? 'volume.updated' : 'volume.mounted';
      const say = { stage: 'mount', why, values, where: WHERE_VOLUMES.mount } as const;
      succeeded(draft, key);
      const spec = specOf(draft, pod, name);
      if (spec !== undefined && state === 'mounting') logMounted(draft, pod, spec);
      moveIf(draft, ref, { type: 'VolumeMounted', hostPath }, say);
      return;
    }
    case 'unmounted': {
      const say = { stage: 'mount', why: 'volume.unmounted', values, where: WHERE_VOLUMES.unmount } as const;
      succeeded(draft, key);
      moveIf(draft, ref, { type: 'VolumeUnmounted' }, say);
      return;
    }
    case 'token':
      tokenFetched(draft, pod, name, outcome);
      return;
    case 'failed':
      if (state === 'unmounting') failed(draft, pod, name, 'UnmountFailed', outcome.error.message);
      else if (state.endsWith('Token')) tokenFailed(draft, pod, name, outcome.error);
      else mountFailed(draft, pod, name, 'setUp', outcome.error.message);
  }
}

function succeeded(draft: Draft, key: string): void {
  setVolumes(draft, { retries: without(draft.state.volumes.retries, key) });
}

/** Undefined when the pod does not want the volume any more. */
function specOf(draft: Draft, pod: Pod, name: string): VolumeSpec | undefined {
  return draft.state.volumes.desired[pod.metadata.uid]?.find((spec) => spec.name === name);
}

/** The token goes into the cache, and the set-up goes on. */
function tokenFetched(
  draft: Draft,
  pod: Pod,
  name: string,
  { token: text, expiresAtMs }: Extract<VolumeOutcome, { type: 'token' }>,
): void {
  const ref = refOfVolume(pod, name);
  const request = snapshotOf(draft, ref).context.tokenRequest;
  if (request === undefined) return;
  const [draw, random] = nextFloat(draft.state.random);
  update(draft, { random });
  const token = { text, expiresAtMs, refreshAtMs: refreshAtMs(expiresAtMs, request.expirationSeconds, draw) };
  setVolumes(draft, { tokens: { ...draft.state.volumes.tokens, [tokenKey(request)]: token } });
  const values = { volume: name, account: request.serviceAccount, seconds: request.expirationSeconds };
  const say = { stage: 'mount', why: 'volume.tokenFetched', values, where: WHERE_VOLUMES.token } as const;
  moveIf(draft, ref, { type: 'TokenFetched' }, say);
  const spec = specOf(draft, pod, name);
  if (spec !== undefined) setUpVolume(draft, pod, spec);
}

/** No token: an old one that has not expired still does (token_manager.go GetServiceAccountToken). */
function tokenFailed(draft: Draft, pod: Pod, name: string, error: EffectError): void {
  const { nowMs, startedMs = nowMs, volumes } = draft.state;
  const ref = refOfVolume(pod, name);
  const request = snapshotOf(draft, ref).context.tokenRequest;
  if (request === undefined) return;
  const { namespace, serviceAccount } = request;
  const path = `/api/v1/namespaces/${namespace}/serviceaccounts/${serviceAccount}/token`;
  const message = requestError('Post', path, error);
  const old = volumes.tokens[tokenKey(request)];
  if (old === undefined || isClearedAway(old, startedMs, nowMs)) {
    mountFailed(draft, pod, name, 'setUp', `failed to fetch token: ${message}`);
  } else if (nowMs > old.expiresAtMs) {
    const expired = `token ${printedKey(request)} expired and refresh failed: ${message}`;
    mountFailed(draft, pod, name, 'setUp', expired);
  } else {
    logTokenKept(draft, printedKey(request), message);
    const values = { volume: name, message };
    const say = { stage: 'mount', why: 'volume.tokenKept', values, where: WHERE_VOLUMES.token } as const;
    moveIf(draft, ref, { type: 'TokenFetched' }, say);
    const spec = specOf(draft, pod, name);
    if (spec !== undefined) mountContent(draft, pod, spec);
  }
}

function mountFailed(
  draft: Draft,
  pod: Pod,
  name: string,
  operation: VolumeOperation,
  message: string,
): void {
  const retryMs = failed(draft, pod, name, 'MountFailed', message);
  const spec = specOf(draft, pod, name);
  const { specName } = spec ?? { specName: name };
  if (spec !== undefined) logFailed(draft, pod, spec, { operation, error: message, retryMs });
  recordEvent(draft, pod, operationFailed(operation, specName, message));
}

/** The next try waits twice as long as the last one did; returns for how long, milliseconds. */
function failed(
  draft: Draft,
  pod: Pod,
  name: string,
  type: 'MountFailed' | 'UnmountFailed',
  message: string,
): number {
  const ref = refOfVolume(pod, name);
  const { retries } = draft.state.volumes;
  const before = retries[ref.key];
  const retryMs = before === undefined ? INITIAL_RETRY_MS : Math.min(before * 2, LONGEST_RETRY_MS);
  setVolumes(draft, { retries: { ...retries, [ref.key]: retryMs } });
  const values = { volume: name, message };
  const where = type === 'MountFailed' ? WHERE_VOLUMES.mount : WHERE_VOLUMES.unmount;
  moveIf(draft, ref, { type, retryMs }, { stage: 'mount', why: 'volume.failed', values, where });
  return retryMs;
}
