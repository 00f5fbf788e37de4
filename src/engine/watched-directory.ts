/** A directory of this machine whose changes are told, as far as the machine tells them. */
import { watch } from 'node:fs';
import { resolve } from 'node:path';
import { PodstepError } from '../lib/errors.ts';

export interface WatchedDirectory {
  readonly path: string;
  /** `name`: of the file that was written, removed or renamed. */
  onChange(listener: (name: string) => void): void;
  close(): void;
}

/**
 * Watches until it is closed; a process that has nothing else to do is not kept alive.
 * @throws PodstepError FILE_UNREADABLE
 */
export function watchedDirectory(directory: string): WatchedDirectory {
  const path = resolve(directory);
  const listeners: ((name: string) => void)[] = [];
  try {
    const watcher = watch(path, { persistent: false }, (_type, name) => {
      for (const listener of listeners) listener(name ?? '');
    });
    return { path, onChange: (listener) => void listeners.push(listener), close: () => watcher.close() };
  } catch (cause) {
    throw new PodstepError('FILE_UNREADABLE', (cause as Error).message, { cause });
  }
}
