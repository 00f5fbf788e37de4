/** `wasi:filesystem`: one preopened directory, the container's root; everything else is reached from there. */
import type { Process } from '../process/process.ts';
import { Descriptor } from './descriptor.ts';
import { DirectoryEntryStream } from './directory-entries.ts';
import type { IoError } from './streams.ts';

export function filesystemImports(process: Process): Record<string, Record<string, unknown>> {
  const root = { kind: 'directory', location: process.container.root.location } as const;
  return {
    'wasi:filesystem/preopens': {
      getDirectories: () => [[new Descriptor(process, root, { read: true, mutateDirectory: true }), '/']],
    },
    'wasi:filesystem/types': {
      Descriptor,
      DirectoryEntryStream,
      filesystemErrorCode: ({ code }: IoError) => (typeof code === 'string' ? code : undefined),
    },
  };
}
