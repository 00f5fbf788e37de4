/** The wasm runtime with its image store. */
import type { Runtime } from '../runtime/port.ts';
import { imageDirectory } from '../runtime/wasm/images/home.ts';
import { openImageStore } from '../runtime/wasm/images/store.ts';
import { createWasmRuntime } from '../runtime/wasm/runtime.ts';
import { freshImages } from './fresh-images.ts';

export interface WasmOptions {
  readonly clock: 'virtual' | 'wall';
  readonly seed: number;
  /** Where virtual time begins, epoch milliseconds. */
  readonly epochMs: number;
  /** What the node has for containers; by default the runtime's own. */
  readonly nodeMemoryBytes?: number;
  readonly nodeCpus?: number;
  /** Where guests may go beyond the pods' network: `HOST[:PORT]`. */
  readonly egress?: readonly string[] | undefined;
  /** The image store's directory; undefined: the user's. */
  readonly directory?: string | undefined;
}

/** In virtual time the node begins without images, so that each pull is seen, whatever the store holds. */
export async function openWasmRuntime({ directory, egress = [], ...options }: WasmOptions): Promise<Runtime> {
  const place = directory ?? imageDirectory();
  const store = await openImageStore({ directory: place });
  const images = options.clock === 'virtual' ? freshImages(store, place) : store;
  return createWasmRuntime({ ...options, egress, images });
}
