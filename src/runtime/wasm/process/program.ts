/** Finds what to run: a path or a name in PATH, through the container's own symlinks, or a script's interpreter. */

import { type Found, foundPath, type Location, walk } from '../fs/tree.ts';
import { FileError } from '../host/result.ts';
import type { CompiledComponent } from '../image.ts';
import type { Main } from './process.ts';

export const DEFAULT_PATH = '/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin';

export interface Program {
  readonly component: CompiledComponent;
  readonly main?: Main;
  readonly arguments: readonly string[];
}

/** Why a program cannot be started, in runc's words, and the exit code that a shell would give. */
export class ProgramError extends Error {
  readonly exitCode: 126 | 127;
  constructor(exitCode: 126 | 127, message: string) {
    super(message);
    this.exitCode = exitCode;
  }
}

export interface ProgramFiles {
  readonly root: Location;
  readonly programs: Readonly<Record<string, CompiledComponent>>;
}

const INTERPRETER_LIMIT = 4;
const SHEBANG_BYTES = 256;

/**
 * The component for `argv` and the arguments it gets (a script's interpreter comes first).
 * @throws ProgramError in the words of runc: `exec: "stress": executable file not found in $PATH`
 */
export function findProgram(
  files: ProgramFiles,
  argv: readonly string[],
  directory: string,
  searchPath: string,
): Program {
  let current = [...argv];
  for (let depth = 0; depth < INTERPRETER_LIMIT; depth++) {
    const [name = ''] = current;
    const found = lookUp(files, name, directory, searchPath);
    const path = foundPath(found);
    const component = files.programs[path];
    if (component !== undefined) return { component, arguments: current };
    const interpreter = shebang(found, name);
    current = [...interpreter, absolute(name) ? name : path, ...current.slice(1)];
  }
  throw new ProgramError(126, `exec: "${argv[0]}": too many levels of interpreters`);
}

const absolute = (name: string) => name.startsWith('/');

function lookUp(files: ProgramFiles, name: string, directory: string, searchPath: string): Found {
  if (name === '') throw new ProgramError(127, 'exec: no command');
  if (name.includes('/')) {
    const path = absolute(name) ? name : `${directory}/${name}`;
    const found = find(files, path);
    if (found === undefined) {
      throw new ProgramError(127, `exec: "${name}": stat ${name}: no such file or directory`);
    }
    if (!executable(found)) throw new ProgramError(126, `exec: "${name}": permission denied`);
    return found;
  }
  for (const folder of searchPath.split(':')) {
    const found = find(files, `${folder === '' ? directory : folder}/${name}`);
    if (found !== undefined && executable(found)) return found;
  }
  throw new ProgramError(127, `exec: "${name}": executable file not found in $PATH`);
}

function find(files: ProgramFiles, path: string): Found | undefined {
  try {
    const found = walk(files.root, files.root, path, true);
    return found.node === undefined ? undefined : found;
  } catch (error) {
    if (error instanceof FileError) return undefined;
    throw error;
  }
}

const executable = ({ node }: Found) => node?.kind === 'file' && (node.stat().mode & 0o111) !== 0;

/** The interpreter and its one argument from a script's first line. */
function shebang(found: Found, name: string): readonly string[] {
  if (found.node?.kind !== 'file') throw new ProgramError(126, `exec: "${name}": permission denied`);
  const file = found.node.open({ write: false, truncate: false });
  const head = Buffer.from(file.read(0, SHEBANG_BYTES)).toString('utf8');
  file.close();
  const line = /^#![ \t]*(\/\S+)(?:[ \t]+([^\n]*?))?[ \t]*(?:\n|$)/.exec(head);
  if (line?.[1] === undefined) throw new ProgramError(126, `exec: "${name}": exec format error`);
  return line[2] === undefined || line[2] === '' ? [line[1]] : [line[1], line[2]];
}
