/** The wasm runtime with its image store. */
import { PodstepError } from '../lib/errors.ts';
import type { Runtime } from '../runtime/port.ts';
import { openImageStore } from '../runtime/wasm/images/store.ts';
import { freshImages } from './fresh-images.ts';

export interface WasmOptions {
  readonly clock: 'virtual' | 'wall';
  readonly seed: number;
  readonly epochMs: number;
}

export async function openWasmRuntime({ clock }: WasmOptions): Promise<Runtime> {
  const store = await openImageStore();
  const images = clock === 'virtual' ? freshImages(store) : store;
  throw new PodstepError('NOT_SUPPORTED', `no sandboxes yet for ${await images.listImages()}`);
}
