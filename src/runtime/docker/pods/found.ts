/** Looks for what podstep has made on the Engine. What has another node's mark, or none, is not there for it. */
import { RuntimeError } from '../../port.ts';
import { hasStatus } from '../engine/error.ts';
import type { ContainerInspect, ContainerSummary } from '../engine/types.ts';
import type { DockerNode } from '../node.ts';
import { type DockerType, LABEL_OWNER, LABEL_TYPE, ownerFilter } from './labels.ts';

export type Place = Pick<DockerNode, 'engine' | 'owner'>;

/** @throws RuntimeError NotFound */
export async function find(
  { engine, owner }: Place,
  type: DockerType,
  id: string,
): Promise<ContainerInspect> {
  const found = await findAny({ engine, owner }, type, id);
  if (found !== undefined) return found;
  const what = type === 'container' ? 'container' : 'sandbox';
  throw new RuntimeError('NotFound', `an error occurred when try to find ${what} "${id}": not found`);
}

/** Undefined when it is not there. */
export async function findAny(
  { engine, owner }: Place,
  type: DockerType,
  id: string,
): Promise<ContainerInspect | undefined> {
  try {
    const found = await engine.call<ContainerInspect>('GET', `/containers/${encodeURIComponent(id)}/json`);
    const labels = found.Config.Labels ?? {};
    return labels[LABEL_OWNER] === owner && labels[LABEL_TYPE] === type ? found : undefined;
  } catch (error) {
    if (hasStatus(error, 404)) return undefined;
    throw error;
  }
}

/** All with these labels, each as an inspect tells it; what goes meanwhile is left out. */
export async function list(
  place: Place,
  type: DockerType,
  labels: readonly string[],
  id?: string,
): Promise<readonly ContainerInspect[]> {
  const { label } = ownerFilter(place.owner, [`${LABEL_TYPE}=${type}`, ...labels]);
  const filters = { label, ...(id === undefined ? {} : { id: [id] }) };
  const query = { all: true, filters };
  const summaries = await place.engine.call<readonly ContainerSummary[]>('GET', '/containers/json', {
    query,
  });
  const found = await Promise.all(summaries.map(({ Id }) => findAny(place, type, Id)));
  return found.flatMap((one) => one ?? []);
}

/** Labels as a filter of the Engine has them. */
export function wanted(labels: Readonly<Record<string, string>> = {}): readonly string[] {
  return Object.entries(labels).map(([key, value]) => `${key}=${value}`);
}

/** Ends it at once, if it runs. */
export async function kill({ engine }: Place, id: string): Promise<void> {
  try {
    await engine.call('POST', `/containers/${id}/kill`);
  } catch (error) {
    if (!hasStatus(error, 404) && !hasStatus(error, 409)) throw error;
  }
  await ended({ engine }, id);
}

/** Resolves once it does not run any more. */
async function ended({ engine }: Pick<Place, 'engine'>, id: string): Promise<void> {
  try {
    await engine.call('POST', `/containers/${id}/wait`, { query: { condition: 'not-running' } });
  } catch (error) {
    if (!hasStatus(error, 404)) throw error;
  }
}

/** Takes it away, running or not; a removal that is under way is waited for. */
export async function remove({ engine }: Place, id: string): Promise<void> {
  try {
    await engine.call('DELETE', `/containers/${id}`, { query: { force: true, v: true } });
  } catch (error) {
    if (hasStatus(error, 404)) return;
    if (!hasStatus(error, 409)) throw error;
    await gone({ engine }, id);
  }
}

async function gone({ engine }: Pick<Place, 'engine'>, id: string): Promise<void> {
  try {
    await engine.call('POST', `/containers/${id}/wait`, { query: { condition: 'removed' } });
  } catch (error) {
    if (!hasStatus(error, 404)) throw error;
  }
}
