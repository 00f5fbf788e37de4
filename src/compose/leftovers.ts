/**
 * What podstep has made on a Docker Engine and on this machine's disk, found by its own mark alone: for `podstep down`,
 * for `podstep doctor --clean`, and for the end of a run.
 */
import { readdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import type { EngineClient } from '../runtime/docker/engine/client.ts';
import { hasStatus } from '../runtime/docker/engine/error.ts';
import type { ContainerSummary } from '../runtime/docker/engine/types.ts';
import { PAUSE_OWNER } from '../runtime/docker/pause/pause-image.ts';
import { cgroupsOf, removeCgroupTree } from '../runtime/docker/pods/cgroups.ts';
import { LABEL_OWNER } from '../runtime/docker/pods/labels.ts';
import { directoryOf, lockHolder } from './node-home.ts';
import type { ProcessIdentity } from './process-identity.ts';

/** In the order in which they are removed. */
export const LEFTOVER_KINDS = ['container', 'network', 'volume', 'image', 'cgroup', 'directory'] as const;
export type LeftoverKind = (typeof LEFTOVER_KINDS)[number];

export interface Leftover {
  readonly kind: LeftoverKind;
  /** By which it is removed. */
  readonly id: string;
  /** For people. */
  readonly name: string;
  /** The node's mark, or another word for what all nodes share. */
  readonly owner: string;
}

/** Why something is left alone. */
export type Hold =
  | { readonly type: 'alive'; readonly holder: ProcessIdentity }
  /** No podstep of this machine has made it: whether its maker lives cannot be seen from here. */
  | { readonly type: 'elsewhere'; readonly owner: string };

/** Everything on the Engine that has podstep's mark; `owner`: of this node alone, with its control groups. */
export async function markedOnEngine(engine: EngineClient, owner?: string): Promise<readonly Leftover[]> {
  const filters = { label: [owner === undefined ? LABEL_OWNER : `${LABEL_OWNER}=${owner}`] };
  const [containers, networks, volumes, images] = await Promise.all([
    engine.call<readonly ContainerSummary[]>('GET', '/containers/json', { query: { all: true, filters } }),
    engine.call<readonly Marked[]>('GET', '/networks', { query: { filters } }),
    engine.call<{ readonly Volumes: readonly Marked[] | null }>('GET', '/volumes', { query: { filters } }),
    engine.call<readonly Marked[]>('GET', '/images/json', { query: { all: true, filters } }),
  ]);
  const as =
    (kind: LeftoverKind) =>
    ({ Id, Name = '', Labels, RepoTags, Names }: Marked): Leftover => ({
      kind,
      id: Id ?? Name,
      name: Names?.[0]?.slice(1) ?? RepoTags?.[0] ?? (Name || (Id ?? '').slice(0, 19)),
      owner: Labels?.[LABEL_OWNER] ?? '',
    });
  return [
    ...containers.map(as('container')),
    ...networks.map(as('network')),
    ...(volumes.Volumes ?? []).map(as('volume')),
    ...images.map(as('image')),
    ...(owner === undefined ? [] : cgroups(owner)),
  ];
}

/** The control groups of a node's pods: the Engine leaves them behind. */
function cgroups(owner: string): readonly Leftover[] {
  return cgroupsOf(owner).map((path) => ({ kind: 'cgroup', id: path, name: path, owner }));
}

interface Marked {
  readonly Id?: string;
  readonly Name?: string;
  readonly Names?: readonly string[];
  readonly RepoTags?: readonly string[] | null;
  readonly Labels?: Readonly<Record<string, string>> | null;
}

/** The directories of nodes in `place` and their control groups, each with the mark of its node. */
export async function nodeDirectories(
  place: string,
  ownerOf: (directory: string) => string,
): Promise<Leftover[]> {
  const names = await readdir(place).catch(() => []);
  return names.flatMap((name) => {
    const directory = join(place, name);
    const owner = ownerOf(directory);
    return [{ kind: 'directory', id: directory, name: directory, owner }, ...cgroups(owner)];
  });
}

/** Why what has this mark is to be left alone; undefined when nobody minds. */
export async function holdOn(owner: string): Promise<Hold | undefined> {
  if (isShared(owner)) return undefined;
  const directory = directoryOf(owner);
  if (directory === undefined) return { type: 'elsewhere', owner };
  const holder = await lockHolder(directory);
  return holder === undefined ? undefined : { type: 'alive', holder };
}

/** The mark of what belongs to no node alone: the image of the sandboxes. */
export function isShared(owner: string): boolean {
  return owner === PAUSE_OWNER;
}

/** Removes it; what is gone by then is as good as removed, and an image of which another container runs stays. */
export async function removeLeftover(engine: EngineClient, { kind, id }: Leftover): Promise<void> {
  try {
    switch (kind) {
      case 'container':
        await engine.call('DELETE', `/containers/${id}`, { query: { force: true, v: true } });
        return;
      case 'network':
        await engine.call('DELETE', `/networks/${id}`);
        return;
      case 'volume':
        await engine.call('DELETE', `/volumes/${encodeURIComponent(id)}`);
        return;
      case 'image':
        await engine.call('DELETE', `/images/${id}`, { query: { force: true } });
        return;
      case 'cgroup':
        removeCgroupTree(id);
        return;
      case 'directory':
        await rm(id, { recursive: true, force: true });
        return;
    }
  } catch (error) {
    if (hasStatus(error, 404) || (kind === 'image' && hasStatus(error, 409))) return;
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error;
  }
}

/** Removes them kind after kind: containers before the networks and images that they use. */
export async function removeLeftovers(engine: EngineClient, leftovers: readonly Leftover[]): Promise<void> {
  for (const kind of LEFTOVER_KINDS) {
    const ofKind = leftovers.filter((one) => one.kind === kind);
    await Promise.all(ofKind.map((leftover) => removeLeftover(engine, leftover)));
  }
}
