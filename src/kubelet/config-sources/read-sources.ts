/**
 * What a manifest directory or a manifest's URL says: its pods, and what could not be used.
 * Follows pkg/kubelet/config/file.go extractFromDir and http.go extractFromURL.
 */
import type { Pod } from '../../api/types.ts';
import type { NodeFile } from '../../machines/events.ts';
import { type ManifestOrigin, readObjects, staticPodOf } from './static-pod.ts';

/** 10 MiB: more than that of a manifest is not read (common.go maxConfigLength). */
const MAX_CONFIG_BYTES = 10 * 2 ** 20;

export interface DirectoryPods {
  readonly pods: readonly Pod[];
  /** By the file's path on the node: why it is not used. */
  readonly problems: Readonly<Record<string, string>>;
}

/** What is there instead of a directory: one file. */
export const isSingleFile = (files: readonly NodeFile[]): boolean => files[0]?.name === '';

/** Every file whose name does not begin with a dot, by name; a bad one does not stop the others. */
export function podsOfDirectory(
  directory: string,
  files: readonly NodeFile[],
  nodeName: string,
): DirectoryPods {
  const pods: Pod[] = [];
  const problems: Record<string, string> = {};
  for (const { name, text } of files) {
    if (name.startsWith('.')) continue;
    const place = name === '' ? directory : `${directory}/${name}`;
    const found = podOfFile(text, { source: 'file', place, nodeName });
    if ('error' in found) problems[place] = found.error;
    else pods.push(found.pod);
  }
  return { pods, problems };
}

/** A file holds one pod; what stands after the first document is not read. */
function podOfFile(text: string, origin: ManifestOrigin) {
  if (text.length > MAX_CONFIG_BYTES) return { error: `${origin.place}: it is longer than 10 MiB` };
  const objects = readObjects(text, origin.place);
  const problem =
    typeof objects === 'string' ? objects : objects[0]?.kind === 'Pod' ? undefined : 'invalid pod';
  if (problem !== undefined || typeof objects === 'string' || objects[0] === undefined) {
    return { error: `${origin.place}: couldn't parse as pod(${problem}), please check config file` };
  }
  return staticPodOf(objects[0], origin);
}

export type FetchedPods =
  /** `error` together with pods: the source counts as seen, and there is something to complain of. */
  { readonly pods: readonly Pod[]; readonly error?: string } | { readonly error: string };

/** One pod, or a list of them; one bad pod in a list and none is used. */
export function podsOfResponse(url: string, statusCode: number, body: string, nodeName: string): FetchedPods {
  if (statusCode !== 200) return { error: `${url}: ${statusCode}` };
  if (body === '') return { pods: [], error: `zero-length data received from ${url}` };
  const origin: ManifestOrigin = { source: 'http', place: url, nodeName };
  const objects = readObjects(body, url);
  if (typeof objects === 'string') {
    return {
      error: `${url}: received '${body}', but couldn't parse as single (${objects}) or multiple pods (${objects})`,
    };
  }
  const pods: Pod[] = [];
  for (const object of objects) {
    const decoded = staticPodOf(object, origin);
    if ('error' in decoded) return decoded;
    pods.push(decoded.pod);
  }
  return { pods };
}
