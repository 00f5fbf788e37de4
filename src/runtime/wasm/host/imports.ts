/** Everything that one process may call, by WIT interface. What is not here does not exist for a guest. */
import type { Process } from '../process/process.ts';
import { cliImports } from './cli.ts';
import { clockImports } from './clocks.ts';
import { filesystemImports } from './filesystem.ts';
import { httpImports } from './http/imports.ts';
import { PREVIEW1 } from './offered.ts';
import { pollImports } from './poll.ts';
import { preview1Imports } from './preview1/imports.ts';
import { processImports } from './processes.ts';
import { randomImports } from './random.ts';
import { socketImports } from './sockets.ts';
import { InputStream, IoError, OutputStream } from './streams.ts';
import { terminalImports } from './terminal.ts';

export function hostImports(process: Process): Record<string, Record<string, unknown>> {
  return {
    ...cliImports(process),
    ...clockImports(process),
    ...randomImports(process),
    'wasi:io/error': { Error: IoError },
    'wasi:io/poll': pollImports(process),
    'wasi:io/streams': { InputStream, OutputStream },
    ...filesystemImports(process),
    ...socketImports(process),
    ...httpImports(process),
    ...processImports(process),
    'podstep:process/terminal': terminalImports(process),
    /** Made only for a core module, which asks for nothing else. */
    get [PREVIEW1]() {
      return preview1Imports(process);
    },
  };
}
