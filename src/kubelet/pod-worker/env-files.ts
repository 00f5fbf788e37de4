/** Before a container is created: what its environment refers to, and the files that it is read from. */
import type { Container, Pod } from '../../api/types.ts';
import { type Draft, emit, refOf } from '../draft.ts';
import { type EnvLookup, fileKeyRefsOf } from '../env/make-environment.ts';
import { variablesOf } from '../objects/keyed-data.ts';
import { seenObject } from '../objects/object-cache.ts';
import { mountedVolume } from '../volumes/volume-manager.ts';
import { setSync, syncOf, waitFor } from './worker-slice.ts';

/** Where the environment of the pod's containers is looked up. */
export function envLookupOf(draft: Draft, pod: Pod): EnvLookup {
  const { objects } = draft.state;
  const { namespace, uid } = pod.metadata;
  const keyed = (kind: string) => (name: string) => variablesOf(seenObject(objects, kind, namespace, name));
  return {
    configMap: keyed('ConfigMap'),
    secret: keyed('Secret'),
    services: Object.values(objects).filter(({ kind }) => kind === 'Service'),
    file: (volumeName, path) => {
      const place = envFilePath(draft, pod, volumeName, path);
      if (place === undefined) return undefined;
      return { path: place.path, text: syncOf(draft, uid).envFiles?.[place.path] ?? undefined };
    },
  };
}

function envFilePath(draft: Draft, pod: Pod, volumeName: string, path: string) {
  const directory = mountedVolume(draft, pod, volumeName)?.hostPath;
  return directory === undefined ? undefined : { directory, path: `${directory}/${path}` };
}

/** Asks for the next file of the container's environment; false when all are read, as they are now. */
export function readEnvFiles(draft: Draft, pod: Pod, container: Container): boolean {
  const { uid } = pod.metadata;
  const read = syncOf(draft, uid).envFiles ?? {};
  const [next] = fileKeyRefsOf(container)
    .flatMap(({ volumeName, path }) => envFilePath(draft, pod, volumeName, path) ?? [])
    .filter(({ path }) => read[path] === undefined);
  if (next === undefined) return false;
  const { directory: within, path } = next;
  const owner = refOf('container', pod, container);
  const effectId = emit(draft, owner, { type: 'readNodeFile', path, within });
  setSync(draft, uid, { envFiles: { ...read, [path]: null } });
  waitFor(draft, uid, { for: 'effect', effectId });
  return true;
}

/** A file was read, or could not be: then the container's configuration fails for it. */
export function envFileRead(draft: Draft, podUid: string, text: string | null): void {
  const files = syncOf(draft, podUid).envFiles ?? {};
  const path = Object.keys(files).at(-1);
  if (path !== undefined) setSync(draft, podUid, { envFiles: { ...files, [path]: text } });
}

/** The next container reads anew: what runs meanwhile may write. */
export function forgetEnvFiles(draft: Draft, podUid: string): void {
  if (syncOf(draft, podUid).envFiles !== undefined) setSync(draft, podUid, { envFiles: {} });
}
