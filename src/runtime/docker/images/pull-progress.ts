/** How far a pull has come, from the messages that the Engine streams while it pulls (docker pkg/jsonmessage). */
import type { PullProgress } from '../../port.ts';

/** One line of the stream. */
export interface PullMessage {
  readonly status?: string;
  /** The layer that it is about. */
  readonly id?: string;
  readonly progressDetail?: { readonly current?: number; readonly total?: number };
  readonly error?: string;
  readonly errorDetail?: { readonly code?: number; readonly message?: string };
}

type Progress = Omit<PullProgress, 'image'>;

/** Images have some tens of layers; what else a stream may name is not followed. */
const MOST_LAYERS = 1_024;

export class PullMeter {
  readonly #layers = new Map<string, { doneBytes: number; totalBytes: number }>();
  #phase: Progress['phase'] = 'resolving';

  /** What is known so far. */
  get progress(): Progress {
    let doneBytes = 0;
    let totalBytes = 0;
    for (const layer of this.#layers.values()) {
      doneBytes += layer.doneBytes;
      totalBytes += layer.totalBytes;
    }
    return { phase: this.#phase, doneBytes, totalBytes };
  }

  /** True when the message says something new about the pull. */
  hear({ status, id = '', progressDetail = {} }: PullMessage): boolean {
    const { current: doneBytes = 0, total: totalBytes = 0 } = progressDetail;
    switch (status) {
      case 'Downloading':
        this.#phase = 'downloading';
        // Some layers are told without their size.
        return this.#note(id, doneBytes, Math.max(doneBytes, totalBytes));
      case 'Download complete':
        return this.#complete(id);
      case 'Verifying Checksum':
      case 'Extracting':
        this.#phase = 'verifying';
        this.#complete(id);
        return true;
      default:
        return false;
    }
  }

  /** The pull is over. */
  finish(): Progress {
    for (const id of this.#layers.keys()) this.#complete(id);
    this.#phase = 'done';
    return this.progress;
  }

  #note(id: string, doneBytes: number, totalBytes: number): boolean {
    if (!this.#layers.has(id) && this.#layers.size >= MOST_LAYERS) return false;
    this.#layers.set(id, { doneBytes, totalBytes });
    return true;
  }

  #complete(id: string): boolean {
    const layer = this.#layers.get(id);
    if (layer === undefined || layer.doneBytes === layer.totalBytes) return false;
    return this.#note(id, layer.totalBytes, layer.totalBytes);
  }
}
