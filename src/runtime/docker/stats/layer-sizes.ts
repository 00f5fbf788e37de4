/** What the containers have written to their own layers: measured for all at once, for that takes the Engine long. */
import type { EngineClient } from '../engine/client.ts';
import { hasStatus } from '../engine/error.ts';
import type { ContainerSummary } from '../engine/types.ts';
import { ownerFilter } from '../pods/labels.ts';

export interface LayerUsage {
  readonly writableLayerBytes: number;
  readonly writableLayerInodes: number;
}

/** One of GET /containers/{id}/changes; null for none. */
interface Change {
  readonly Path: string;
  readonly Kind: number;
}

const ADDED = 1;
/** No more than a tenth of the time goes into measuring. */
const REST = 9;
const SHORTEST_MS = 500;

export class LayerSizes {
  readonly #engine: EngineClient;
  readonly #owner: string;
  #sizes: Promise<ReadonlyMap<string, LayerUsage>> | undefined;
  #freshUntilMs = 0;

  constructor(engine: EngineClient, owner: string) {
    this.#engine = engine;
    this.#owner = owner;
  }

  /** By container, no older than nine times what measuring takes. */
  read(): Promise<ReadonlyMap<string, LayerUsage>> {
    if (this.#sizes !== undefined && performance.now() < this.#freshUntilMs) return this.#sizes;
    const startedMs = performance.now();
    const sizes = this.#measure();
    this.#sizes = sizes;
    // Whoever asks meanwhile waits for the same answer.
    this.#freshUntilMs = Number.POSITIVE_INFINITY;
    const done = (isGood: boolean) => {
      const nowMs = performance.now();
      this.#freshUntilMs = isGood ? nowMs + Math.max(SHORTEST_MS, REST * (nowMs - startedMs)) : 0;
    };
    sizes.then(
      () => done(true),
      () => done(false),
    );
    return sizes;
  }

  async #measure(): Promise<ReadonlyMap<string, LayerUsage>> {
    const query = { all: true, size: true, filters: ownerFilter(this.#owner) };
    const listed = await this.#engine.call<readonly ContainerSummary[]>('GET', '/containers/json', { query });
    const sizes = new Map<string, LayerUsage>();
    for (const { Id: id, SizeRw: writableLayerBytes = 0 } of listed) {
      sizes.set(id, { writableLayerBytes, writableLayerInodes: await this.#inodes(id) });
    }
    return sizes;
  }

  /** Files and directories that the image does not have. */
  async #inodes(containerId: string): Promise<number> {
    try {
      const path = `/containers/${containerId}/changes`;
      const changes = await this.#engine.call<readonly Change[] | null>('GET', path);
      return (changes ?? []).filter(({ Kind }) => Kind === ADDED).length;
    } catch (error) {
      if (hasStatus(error, 404)) return 0;
      throw error;
    }
  }
}
