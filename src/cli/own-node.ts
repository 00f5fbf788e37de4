/** The node that the screen and the walk are about, if not the usual one: `--runtime`, `--config` and `--node`. */
import type { NodeSize } from '../cluster/node.ts';
import type { ComposeOptions } from '../compose/engine.ts';
import { NODE_SIZE_NAMES, parseNodeSize } from '../compose/node-size.ts';
import { PodstepError } from '../lib/errors.ts';
import { configurationWarningsText, readConfiguration } from './configuration.ts';
import { type Io, usageError } from './io.ts';
import { manifestErrorsText } from './manifests.ts';
import { type Given, readOptions } from './options.ts';

/** What `podstep` without a command was asked for. */
export interface Opening {
  readonly ascii: boolean;
  readonly node: Pick<ComposeOptions, 'runtime' | 'clock' | 'nodeName' | 'config' | 'nodeSize'>;
}

export type RuntimeKind = ComposeOptions['runtime'];

/** Where containers run; the first is what is meant when nobody says. */
export const RUNTIMES: readonly [RuntimeKind, ...RuntimeKind[]] = ['wasm', 'fake', 'docker'];

const OPTIONS = {
  ascii: { type: 'boolean' },
  runtime: { type: 'string' },
  'node-name': { type: 'string' },
  config: { type: 'string' },
  node: { type: 'string' },
} as const;

/** `--node memory=384Mi,disk=2Gi`. Throws PodstepError BAD_USAGE. */
export function readNodeSize(given: Given, command: string, io: Io): NodeSize | undefined {
  const value = given.text('node');
  const nodeSize = value === undefined ? undefined : parseNodeSize(value.split(','));
  if (value !== undefined && nodeSize === undefined) {
    throw usageError(io, command, 'cli.badNodeSize', { value, names: NODE_SIZE_NAMES.join(', ') });
  }
  return nodeSize;
}

/** Reads the options of `podstep` alone, and the file they name. Throws PodstepError. */
export async function readOpening(args: readonly string[], io: Io): Promise<Opening> {
  const given = readOptions(args, OPTIONS, 'podstep', io);
  const [argument] = given.files;
  if (argument !== undefined) throw usageError(io, 'podstep', 'cli.extraArgument', { argument });
  const nodeSize = readNodeSize(given, 'podstep', io);
  const { config, errors, warnings } = await readConfiguration(given.text('config'), io);
  if (errors.length > 0) throw new PodstepError('BAD_MANIFEST', manifestErrorsText(errors, io).trimEnd());
  io.err(configurationWarningsText(warnings, io.language));
  const runtime = given.choice('runtime', RUNTIMES);
  return {
    ascii: given.flag('ascii'),
    node: {
      runtime,
      clock: runtime === 'docker' ? 'wall' : 'virtual',
      nodeName: given.text('node-name') ?? 'node-1',
      ...(config && { config }),
      ...(nodeSize && { nodeSize }),
    },
  };
}
