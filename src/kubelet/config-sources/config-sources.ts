/**
 * The config sources: the API server's watch, a directory of manifests, a URL. Each says what it has, and what
 * changed by that is what the sync loop hears of. Until every source has spoken once, nothing is taken away.
 * Follows pkg/kubelet/config/config.go, file.go, http.go and sources.go.
 */
import type { Pod } from '../../api/types.ts';
import type { EffectError, EffectResult } from '../../machines/events.ts';
import { type Draft, emit, nodeOwner, note, update } from '../draft.ts';
import { recordEvent } from '../events/recorder.ts';
import { failedValidation } from '../events/texts.ts';
import { kObj, logError, logInfo } from '../log/log.ts';
import { startTimer } from '../loop-timer.ts';
import { CONFIG_ANNOTATION, type ConfigSource } from '../pod-manager/pod-kinds.ts';
import { type KubeletState, without } from '../state.ts';
import { mergeAll, mergeOne, type PodOperation } from './merge.ts';
import { isSingleFile, podsOfDirectory, podsOfResponse } from './read-sources.ts';
import type { ConfigSources } from './sources-state.ts';
import { SOURCES_WHERE } from './where.ts';

export const FILE_TIMER = 'sources/file';
export const HTTP_TIMER = 'sources/http';

/** http.go: the client's own limit. */
const FETCH_TIMEOUT_SECONDS = 10;

/** After so many failures in a row the URL is complained of no longer (http.go run). */
const MAX_COMPLAINTS = 3;

/** The sources that this kubelet has. */
function expected({ config }: KubeletState): readonly ConfigSource[] {
  return [
    'api',
    ...(config.staticPodPath === '' ? [] : (['file'] as const)),
    ...(config.staticPodURL === '' ? [] : (['http'] as const)),
  ];
}

/** sources.go AllReady: every source has been heard of once. */
export function sourcesReady(state: KubeletState): boolean {
  return expected(state).every((source) => state.sources.seen.includes(source));
}

function setSources(draft: Draft, change: Partial<ConfigSources>): void {
  update(draft, { sources: { ...draft.state.sources, ...change } });
}

/** Begins to look at the directory and the URL, if there are any. */
export function startSources(draft: Draft): void {
  listManifests(draft);
  fetchManifests(draft);
}

/** Looks at the manifest directory: now, and again after `fileCheckFrequency`. */
export function listManifests(draft: Draft): void {
  const { staticPodPath, fileCheckFrequencyMs } = draft.state.config;
  if (staticPodPath === '') return;
  emit(draft, nodeOwner(draft.state, FILE_TIMER), { type: 'listNodeFiles', directory: staticPodPath });
  startTimer(draft, FILE_TIMER, fileCheckFrequencyMs);
}

/** A file of the node changed; one of the manifest directory is looked at right away (file_linux.go doWatch). */
export function nodeFileChanged(draft: Draft, path: string): void {
  const { staticPodPath } = draft.state.config;
  if (staticPodPath === '') return;
  if (path === staticPodPath || path.startsWith(`${staticPodPath}/`)) listManifests(draft);
}

/** Asks the URL: now, and again after `httpCheckFrequency`. */
export function fetchManifests(draft: Draft): void {
  const { staticPodURL, staticPodURLHeader, httpCheckFrequencyMs } = draft.state.config;
  if (staticPodURL === '') return;
  const headers = Object.entries(staticPodURLHeader).flatMap(([name, values]) =>
    values.map((value) => [name, value] as const),
  );
  emit(draft, nodeOwner(draft.state, HTTP_TIMER), {
    type: 'fetchManifest',
    url: staticPodURL,
    headers,
    timeoutSeconds: FETCH_TIMEOUT_SECONDS,
  });
  startTimer(draft, HTTP_TIMER, httpCheckFrequencyMs);
}

/** Everything that a source has (SET). */
export function sourceListed(
  draft: Draft,
  source: ConfigSource,
  pods: readonly Pod[],
): readonly PodOperation[] {
  const { sources, nowMs } = draft.state;
  const merged = mergeAll(sources.pods[source] ?? {}, source, pods, nowMs);
  const seen = sources.seen.includes(source) ? sources.seen : [...sources.seen, source];
  setSources(draft, { pods: { ...sources.pods, [source]: merged.pods }, seen });
  for (const pod of merged.duplicates) {
    recordEvent(draft, pod, failedValidation(pod, source));
    logInfo(draft, 0, 'config.go', 'Pod failed validation due to duplicate pod name, ignoring', {
      pod: kObj(pod),
      source,
    });
  }
  if (seen !== sources.seen) tellSeen(draft, source);
  return merged.operations;
}

/** A learner sees when the first word of each source came, where there are several. */
function tellSeen(draft: Draft, source: ConfigSource): void {
  if (expected(draft.state).length === 1) return;
  const { object } = nodeOwner(draft.state, '');
  const missing = expected(draft.state).filter((name) => !draft.state.sources.seen.includes(name));
  note(draft, 'config', object, 'SourceSeen', source, {
    stage: 'sync',
    why: missing.length === 0 ? 'sources.ready' : 'sources.seen',
    values: { source, missing: missing.join(', ') },
    where: SOURCES_WHERE.merge,
  });
}

/** One pod of a source is new or another one. */
export function sourceChanged(draft: Draft, source: ConfigSource, pod: Pod): readonly PodOperation[] {
  const { sources, nowMs } = draft.state;
  const before = sources.pods[source] ?? {};
  const { uid } = pod.metadata;
  const merged = mergeOne(before[uid], source, pod, nowMs);
  setSources(draft, { pods: { ...sources.pods, [source]: { ...before, [uid]: merged.pod } } });
  return merged.op === undefined ? [] : [{ op: merged.op, pod: merged.pod }];
}

/** One pod of a source is gone. */
export function sourceRemoved(draft: Draft, source: ConfigSource, pod: Pod): readonly PodOperation[] {
  const { sources } = draft.state;
  const { uid } = pod.metadata;
  const before = sources.pods[source] ?? {};
  const known = before[uid];
  setSources(draft, { pods: { ...sources.pods, [source]: without(before, uid) } });
  if (known === undefined) return [];
  const { source: sourceKey, seen } = CONFIG_ANNOTATION;
  const own = { [sourceKey]: source, [seen]: known.metadata.annotations?.[seen] ?? '' };
  const annotations = { ...pod.metadata.annotations, ...own };
  return [{ op: 'REMOVE', pod: { ...pod, metadata: { ...pod.metadata, annotations } } }];
}

/** The manifest directory, or the one file in its place, was read; what could not be read says nothing. */
export function manifestsListed(draft: Draft, result: EffectResult | EffectError): readonly PodOperation[] {
  if (!('type' in result) || result.type !== 'files') {
    logError(draft, 'file.go', 'code' in result ? result.message : undefined, 'Unable to read config path', {
      path: draft.state.config.staticPodPath,
    });
    return [];
  }
  const { config, node } = draft.state;
  const { pods, problems } = podsOfDirectory(config.staticPodPath, result.files, node.nodeName);
  for (const [path, error] of Object.entries(problems)) {
    logError(draft, 'file.go', error, 'Could not process manifest file', { path });
    tellProblem(draft, path, error, 'sources.badManifest');
  }
  const fromUrl = Object.entries(draft.state.sources.problems).filter(
    ([place]) => place === config.staticPodURL,
  );
  setSources(draft, { problems: { ...problems, ...Object.fromEntries(fromUrl) } });
  // One file that cannot be used leaves its pod as it is; in a directory the pod would go.
  if (isSingleFile(result.files) && pods.length === 0) return [];
  return sourceListed(draft, 'file', pods);
}

/** What the URL gave; the same again says nothing, and a failure leaves its pods as they are. */
export function manifestsFetched(draft: Draft, result: EffectResult | EffectError): readonly PodOperation[] {
  const { config, node, sources } = draft.state;
  const url = config.staticPodURL;
  if ('code' in result) return fetchFailed(draft, `Get "${url}": ${result.message}`);
  if (result.type !== 'http') return [];
  const { statusCode, body } = result;
  if (statusCode === 200 && body !== '' && body === sources.httpBody) {
    setSources(draft, { httpFailures: 0 });
    return [];
  }
  const found = podsOfResponse(url, statusCode, body, node.nodeName);
  if (statusCode === 200 && body !== '') setSources(draft, { httpBody: body });
  const operations = 'pods' in found ? sourceListed(draft, 'http', found.pods) : [];
  if (found.error !== undefined) return [...operations, ...fetchFailed(draft, found.error)];
  if (sources.httpFailures > 0) logInfo(draft, 0, 'http.go', 'Successfully read pods from URL');
  setSources(draft, { httpFailures: 0, problems: without(draft.state.sources.problems, url) });
  return operations;
}

function fetchFailed(draft: Draft, error: string): readonly PodOperation[] {
  const { httpFailures } = draft.state.sources;
  const last = httpFailures === MAX_COMPLAINTS ? '. Dropping verbosity of this message to V(4)' : '';
  const verbosity = httpFailures > MAX_COMPLAINTS ? 4 : 0;
  logInfo(draft, verbosity, 'http.go', `Failed to read pods from URL${last}`, { err: error });
  setSources(draft, { httpFailures: Math.min(httpFailures + 1, MAX_COMPLAINTS + 1) });
  tellProblem(draft, draft.state.config.staticPodURL, error, 'sources.badUrl');
  return [];
}

/** The same problem is told once. */
function tellProblem(
  draft: Draft,
  place: string,
  error: string,
  why: 'sources.badManifest' | 'sources.badUrl',
): void {
  const { problems } = draft.state.sources;
  if (problems[place] === error) return;
  setSources(draft, { problems: { ...problems, [place]: error } });
  const { object } = nodeOwner(draft.state, '');
  const where = why === 'sources.badUrl' ? SOURCES_WHERE.extractFromURL : SOURCES_WHERE.listConfig;
  note(draft, 'config', object, 'ManifestRefused', place, {
    stage: 'sync',
    why,
    values: { place, error },
    where,
  });
}
