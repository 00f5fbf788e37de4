/** What `podstep run` was asked for. */
import type { FieldValidation } from '../api/manifest/read.ts';
import type { NodeSize } from '../cluster/node.ts';
import type { ClockKind } from '../engine/types.ts';
import { parseEgressRule } from '../runtime/wasm/net/egress-rule.ts';
import { type Condition, parseCondition } from './condition.ts';
import { type Io, usageError } from './io.ts';
import { type Given, readOptions } from './options.ts';
import { RUNTIMES, type RuntimeKind, readNodeSize } from './own-node.ts';
import type { OutputForm } from './run-output.ts';

export interface RunRequest {
  readonly files: readonly string[];
  readonly runtime: RuntimeKind;
  readonly clock: ClockKind;
  /** Virtual seconds a second; for the paced clock. */
  readonly speed: number;
  readonly seed: number;
  readonly nodeName: string;
  /** Undefined: large enough. */
  readonly nodeSize: NodeSize | undefined;
  /** Where guests may go beyond the pods' network: `HOST[:PORT]`. */
  readonly egress: readonly string[];
  readonly forMs: number | undefined;
  readonly until: { readonly text: string; readonly condition: Condition } | undefined;
  readonly deleteAfterMs: number | undefined;
  /** When the machine says that it goes down. */
  readonly shutdownAfterMs: number | undefined;
  readonly record: string | undefined;
  /** A KubeletConfiguration file. */
  readonly config: string | undefined;
  /** A directory of this machine that is the node's manifest directory. */
  readonly manifestDirectory: string | undefined;
  /** Where the kubelet's own log goes; `-` is standard error. */
  readonly kubeletLog: string | undefined;
  /** How much of it; undefined leaves it to the configuration. */
  readonly verbosity: number | undefined;
  /** What becomes of unknown fields, as with kubectl. */
  readonly validate: FieldValidation;
  readonly output: OutputForm;
  readonly verbose: boolean;
  /** On Docker: what runs goes on when the run ends. */
  readonly keep: boolean;
}

const OPTIONS = {
  runtime: { type: 'string' },
  clock: { type: 'string' },
  speed: { type: 'string' },
  seed: { type: 'string' },
  'node-name': { type: 'string' },
  node: { type: 'string' },
  egress: { type: 'string' },
  for: { type: 'string' },
  until: { type: 'string' },
  'delete-after': { type: 'string' },
  'shutdown-after': { type: 'string' },
  record: { type: 'string' },
  config: { type: 'string' },
  'manifest-dir': { type: 'string' },
  'kubelet-log': { type: 'string' },
  v: { type: 'string' },
  validate: { type: 'string' },
  output: { type: 'string', short: 'o' },
  verbose: { type: 'boolean', short: 'v' },
  keep: { type: 'boolean' },
} as const;

const VALIDATE = { strict: 'Strict', warn: 'Warn', ignore: 'Ignore' } as const;

const COMMAND = 'podstep run';

/** Throws PodstepError BAD_USAGE. */
export function readRunRequest(args: readonly string[], io: Io): RunRequest {
  const given = readOptions(args, OPTIONS, COMMAND, io);
  const manifestDirectory = given.text('manifest-dir');
  if (given.files.length === 0 && manifestDirectory === undefined)
    throw usageError(io, COMMAND, 'cli.noFile');
  const runtime = given.choice('runtime', RUNTIMES);
  const clock = readClock(given, runtime, io);
  const speed = given.positive('speed');
  if (speed !== undefined && clock !== 'paced') throw usageError(io, COMMAND, 'cli.speedNeedsPaced');
  const until = given.text('until');
  const condition = until === undefined ? undefined : parseCondition(until);
  if (until !== undefined && condition === undefined) {
    throw usageError(io, COMMAND, 'cli.badCondition', { value: until });
  }
  return {
    files: given.files,
    runtime,
    clock,
    speed: speed ?? 1,
    seed: given.whole('seed') ?? 1,
    nodeName: given.text('node-name') ?? 'node-1',
    nodeSize: readNodeSize(given, COMMAND, io),
    egress: readEgress(given, runtime, clock, io),
    forMs: given.duration('for'),
    until: until === undefined || condition === undefined ? undefined : { text: until, condition },
    deleteAfterMs: given.duration('delete-after'),
    shutdownAfterMs: given.duration('shutdown-after'),
    record: given.text('record'),
    config: given.text('config'),
    manifestDirectory,
    kubeletLog: given.text('kubelet-log'),
    verbosity: given.whole('v'),
    validate: VALIDATE[given.choice('validate', ['strict', 'warn', 'ignore'])],
    output: given.choice('output', ['text', 'json', 'jsonl']),
    verbose: given.flag('verbose'),
    keep: readKeep(given, runtime, io),
  };
}

/** Elsewhere containers live in podstep's own process. */
function readKeep(given: Given, runtime: RuntimeKind, io: Io): boolean {
  const keep = given.flag('keep');
  if (keep && runtime !== 'docker') throw usageError(io, COMMAND, 'docker.keepNeedsDocker');
  return keep;
}

/** Real containers have this machine's clock and no other. */
function readClock(given: Given, runtime: RuntimeKind, io: Io): ClockKind {
  if (runtime !== 'docker') return given.choice('clock', ['virtual', 'paced', 'wall']);
  const clock = given.choice('clock', ['wall', 'virtual', 'paced']);
  if (clock !== 'wall') throw usageError(io, COMMAND, `docker.${clock}`);
  return clock;
}

function readEgress(given: Given, runtime: RuntimeKind, clock: ClockKind, io: Io): readonly string[] {
  const value = given.text('egress');
  if (value === undefined) return [];
  if (runtime === 'docker') throw usageError(io, COMMAND, 'docker.egress');
  if (clock !== 'wall') throw usageError(io, COMMAND, 'cli.egressNeedsWall');
  const places = value.split(',').map((place) => place.trim());
  const bad = places.find((place) => parseEgressRule(place) === undefined);
  if (bad !== undefined) throw usageError(io, COMMAND, 'cli.badEgress', { value: bad });
  return places;
}
