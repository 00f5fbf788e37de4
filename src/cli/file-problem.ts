/** A file that the system does not give or take: its own words for it, and what to do. */
import { dirname } from 'node:path';
import { PodstepError } from '../lib/errors.ts';
import type { MessageKey } from '../messages/index.ts';
import { type Io, say } from './io.ts';

type Deed = 'cli.unreadable' | 'cli.unwritable';

/** By errno's name; what is left out needs no more words than the system's. */
const ADVICE: Readonly<Record<Deed, Readonly<Record<string, MessageKey | undefined>>>> = {
  'cli.unreadable': {
    ENOENT: 'cli.file.noSuchFile',
    ENOTDIR: 'cli.file.notDirectory',
    EISDIR: 'cli.file.isDirectory',
    EACCES: 'cli.file.notReadable',
    EPERM: 'cli.file.notReadable',
  },
  'cli.unwritable': {
    ENOENT: 'cli.file.noSuchDirectory',
    ENOTDIR: 'cli.file.noSuchDirectory',
    EISDIR: 'cli.file.writesDirectory',
    EACCES: 'cli.file.notWritable',
    EPERM: 'cli.file.notWritable',
    EROFS: 'cli.file.notWritable',
    ENOSPC: 'cli.file.diskFull',
  },
};

/** FILE_UNREADABLE for `cause`, which came of reading or writing `file`. */
export function fileProblem(
  deed: Deed,
  file: string,
  cause: unknown,
  io: Pick<Io, 'language'>,
): PodstepError {
  const reason = cause instanceof Error ? (cause.message.split(',')[0] ?? '') : String(cause);
  const code = cause instanceof Error && 'code' in cause ? String(cause.code) : '';
  const key = ADVICE[deed][code];
  const values = { file, directory: dirname(file), here: process.cwd() };
  return new PodstepError('FILE_UNREADABLE', say(io, deed, { file, reason }), {
    ...(key && { advice: say(io, key, values) }),
    cause,
  });
}
