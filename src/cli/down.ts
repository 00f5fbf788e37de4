/** `podstep down`: what the nodes of this user have on the Docker Engine and on disk is removed. */
import { dirname } from 'node:path';
import { isShared } from '../compose/leftovers.ts';
import { directoryOf, nodesDirectory, ownerOf } from '../compose/node-home.ts';
import { type Io, usageError } from './io.ts';
import { readOptions } from './options.ts';
import { sweep } from './sweep.ts';

const OPTIONS = { 'node-name': { type: 'string' } } as const;

const COMMAND = 'podstep down';

/** Resolves to the exit code. Throws PodstepError. */
export async function down(args: readonly string[], io: Io): Promise<number> {
  const given = readOptions(args, OPTIONS, COMMAND, io);
  const [argument] = given.files;
  if (argument !== undefined) throw usageError(io, COMMAND, 'cli.extraArgument', { argument });
  const place = nodesDirectory(io.environment);
  const nodeName = given.text('node-name');
  const isMeant = (owner: string) =>
    nodeName === undefined
      ? isShared(owner) || dirname(directoryOf(owner) ?? '') === place
      : owner === ownerOf(`${place}/${nodeName}`);
  return sweep(io, { isMeant, confirm: async () => true });
}
