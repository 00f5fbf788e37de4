/** `podstep compare`: the same manifests on two runtimes, and what differs between their traces, and why. */
import { type ComparedLane, type ComparedRow, compareFacts, tally } from '../compare/compare.ts';
import { factsOf } from '../compare/facts.ts';
import type { Stretch } from '../compare/line-up.ts';
import type { ComposeOptions } from '../compose/engine.ts';
import { PodstepError } from '../lib/errors.ts';
import { formatDuration } from '../lib/time.ts';
import { runOnce } from './compare-run.ts';
import { type Io, say, usageError } from './io.ts';
import { loadManifests, manifestErrorsText } from './manifests.ts';
import { type Given, readOptions } from './options.ts';
import { RUNTIMES, type RuntimeKind } from './own-node.ts';
import type { OpenEngine } from './run.ts';

const OPTIONS = {
  runtimes: { type: 'string' },
  for: { type: 'string' },
  seed: { type: 'string' },
  'node-name': { type: 'string' },
  busybox: { type: 'string' },
  output: { type: 'string', short: 'o' },
  verbose: { type: 'boolean', short: 'v' },
} as const;

const COMMAND = 'podstep compare';

type Runtimes = readonly [RuntimeKind, RuntimeKind];

/** Resolves to the exit code: 1 when a difference has no known reason. Throws PodstepError. */
export async function compare(args: readonly string[], io: Io, open: OpenEngine): Promise<number> {
  const given = readOptions(args, OPTIONS, COMMAND, io);
  if (given.files.length === 0) throw usageError(io, COMMAND, 'cli.noFile');
  const runtimes = readRuntimes(given, io);
  const form = given.choice('output', ['text', 'json']);
  const verbose = given.flag('verbose');
  const forMs = given.duration('for');
  const { objects, errors } = await loadManifests(given.files, io);
  if (errors.length > 0) throw new PodstepError('BAD_MANIFEST', manifestErrorsText(errors, io).trimEnd());
  const facts = [];
  for (const runtime of runtimes) {
    if (form === 'text') io.err(`${say(io, 'compare.running', { runtime })}\n`);
    const options = optionsOf(runtime, given, io);
    const ran = await runOnce({ objects, options, forMs, signal: io.signal }, open);
    if (ran.aborted) return 130;
    facts.push(factsOf(ran));
  }
  const lanes = compareFacts(facts[0] ?? [], facts[1] ?? []);
  const counts = tally(lanes);
  if (form === 'json') io.out(`${JSON.stringify(comparisonJson(runtimes, lanes, io), null, 2)}\n`);
  else io.out(comparisonText(runtimes, lanes, io, verbose));
  return counts.different === 0 ? 0 : 1;
}

function readRuntimes(given: Given, io: Io): Runtimes {
  const value = given.text('runtimes') ?? 'wasm,docker';
  const names = value.split(',').map((name) => RUNTIMES.find((one) => one === name.trim()));
  const [left, right, ...more] = names;
  if (left === undefined || right === undefined || more.length > 0) {
    throw usageError(io, COMMAND, 'compare.badRuntimes', { value, choices: RUNTIMES.join(', ') });
  }
  return [left, right];
}

/** Each runtime with its own clock. */
function optionsOf(runtime: RuntimeKind, given: Given, io: Io): ComposeOptions {
  const busybox = given.text('busybox');
  return {
    runtime,
    clock: runtime === 'docker' ? 'wall' : 'virtual',
    seed: given.whole('seed') ?? 1,
    nodeName: given.text('node-name') ?? 'node-1',
    environment: io.environment,
    ...(runtime === 'docker' && {
      localBusybox: {
        ...(busybox !== undefined && { file: busybox }),
        onUse: (image: string, file: string) =>
          io.err(`${say(io, 'cli.note', { text: say(io, 'compare.busybox', { image, file }) })}\n`),
      },
    }),
  };
}

function comparisonJson(runtimes: Runtimes, lanes: readonly ComparedLane[], io: Io): unknown {
  const side = (stretch: Stretch | undefined) =>
    stretch && { text: stretch.text, count: stretch.count, elapsedMs: stretch.elapsedMs };
  const rows = lanes.flatMap(({ pod, container, kind, rows: ofLane }) =>
    ofLane.map(({ left, right, verdict, reasons }) => ({
      ...{ pod, container, kind, verdict },
      sides: { [runtimes[0]]: side(left), [runtimes[1]]: side(right) },
      reasons: reasons.map((key) => ({ key, text: say(io, key) })),
    })),
  );
  return { runtimes, counts: tally(lanes), rows };
}

const MARKS: Readonly<Record<ComparedRow['verdict'], string>> = { same: '=', explained: '~', different: '!' };

/** Without `verbose` what is the same is only counted. */
function comparisonText(
  runtimes: Runtimes,
  lanes: readonly ComparedLane[],
  io: Io,
  verbose: boolean,
): string {
  const lines: string[] = [];
  for (const { pod, container, kind, rows } of lanes) {
    const shown = rows.filter(({ verdict }) => verbose || verdict !== 'same');
    if (shown.length === 0) continue;
    lines.push(`${pod}${container === '' ? '' : ` ${container}`}: ${say(io, `compare.kind.${kind}`)}`);
    lines.push(...shown.flatMap((row) => rowLines(runtimes, row, io)));
  }
  const counts = tally(lanes);
  lines.push(...(lines.length === 0 ? [] : ['']), say(io, 'compare.counts', counts));
  return `${lines.join('\n')}\n`;
}

function rowLines([leftName, rightName]: Runtimes, { left, right, verdict, reasons }: ComparedRow, io: Io) {
  const mark = MARKS[verdict];
  if (verdict === 'same') return [`  ${mark} ${oneLine(left, io)}`];
  const width = Math.max(leftName.length, rightName.length);
  const why = reasons.length === 0 ? [say(io, 'compare.unexplained')] : reasons.map((key) => say(io, key));
  return [
    `  ${mark} ${leftName.padEnd(width)}  ${oneLine(left, io)}`,
    `    ${rightName.padEnd(width)}  ${oneLine(right, io)}`,
    ...why.map((text) => `    -> ${text}`),
  ];
}

function oneLine(stretch: Stretch | undefined, io: Io): string {
  if (stretch === undefined) return '-';
  const times = stretch.count === 1 ? '' : ` (x${stretch.count})`;
  return `${stretch.text.replaceAll('\n', ' ')}${times}  ${say(io, 'compare.at', { time: formatDuration(stretch.elapsedMs) })}`;
}
