/** `podstep doctor`: what works on this machine, each line from a try rather than a guess. */
import { rm } from 'node:fs/promises';
import { createServer } from 'node:net';
import { release } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { PodstepError } from '../lib/errors.ts';
import { readableBytes } from '../lib/readable-bytes.ts';
import type { MessageKey } from '../messages/index.ts';
import { dockerFindings } from './doctor-docker.ts';
import { argumentProblem, type Io, say } from './io.ts';
import { sweep } from './sweep.ts';
import { table } from './table.ts';

export type Verdict = 'ok' | 'note' | 'failed';

export interface Finding {
  readonly check:
    | 'node'
    | 'platform'
    | 'standIns'
    | 'store'
    | 'guest'
    | 'loopback'
    | 'docker'
    | 'dockerSandbox'
    | 'dockerFiles'
    | 'dockerRights'
    | 'dockerCgroups'
    | 'dockerRestart'
    | 'dockerRegistry'
    | 'dockerDisk'
    | 'terminal'
    | 'language';
  readonly verdict: Verdict;
  readonly text: string;
}

/** What of the surroundings this command uses. */
type Output = Pick<Io, 'out' | 'err' | 'language' | 'environment' | 'ask'>;

export type Say = (key: MessageKey, values?: Readonly<Record<string, string | number>>) => string;

/** A pod's address, of those that the WebAssembly runtime gives on the wall clock. */
const POD_ADDRESS = '127.77.0.254';
/** What the stand-ins and their translations take, many times over. */
const LITTLE_BYTES = 100_000_000;

function problemOf(error: unknown): string {
  if (error instanceof PodstepError && error.cause !== undefined) return problemOf(error.cause);
  return error instanceof Error ? ((error as NodeJS.ErrnoException).code ?? error.message) : String(error);
}

function node(tell: Say): Finding {
  const can = 'Suspending' in WebAssembly;
  const text = tell(can ? 'doctor.node.jspi' : 'doctor.node.noJspi', { version: process.version });
  return { check: 'node', verdict: can ? 'ok' : 'failed', text };
}

async function standIns(tell: Say): Promise<Finding> {
  try {
    const { readStandIns, WORKLOADS_DIRECTORY } = await import('../runtime/wasm/images/stand-in.ts');
    const { assemble } = await import('../runtime/wasm/images/artifact.ts');
    const { sha256 } = await import('../runtime/wasm/images/digest.ts');
    const all = await readStandIns();
    for (const standIn of all)
      for (const { descriptor, read } of (await assemble(standIn, WORKLOADS_DIRECTORY)).blobs)
        if (sha256(await read()) !== descriptor.digest)
          throw new PodstepError(
            'STORE_CORRUPT',
            `${standIn.name}: ${Object.values(descriptor.annotations ?? {})[0]}`,
          );
    return { check: 'standIns', verdict: 'ok', text: tell('doctor.standIns.whole', { count: all.length }) };
  } catch (error) {
    return {
      check: 'standIns',
      verdict: 'failed',
      text: error instanceof Error ? error.message : String(error),
    };
  }
}

async function store(tell: Say, environment: Io['environment']): Promise<Finding> {
  const { imageDirectory } = await import('../runtime/wasm/images/home.ts');
  const { openImageStore } = await import('../runtime/wasm/images/store.ts');
  const { writeDurably } = await import('../runtime/wasm/images/durable.ts');
  const { statfs } = await import('node:fs/promises');
  const directory = imageDirectory(environment);
  try {
    await openImageStore({ directory });
    const probe = join(directory, `doctor.${process.pid}`);
    await writeDurably(probe, Buffer.from('x'));
    await rm(probe);
    const { bavail, bsize } = await statfs(directory);
    const values = { directory, free: readableBytes(bavail * bsize) };
    if (bavail * bsize < LITTLE_BYTES)
      return { check: 'store', verdict: 'note', text: tell('doctor.store.little', values) };
    return { check: 'store', verdict: 'ok', text: tell('doctor.store.ready', values) };
  } catch (error) {
    const text = tell('doctor.store.closed', { directory, problem: problemOf(error) });
    return { check: 'store', verdict: 'failed', text };
  }
}

/** Runs a guest for real, in a store that is thrown away. */
async function guest(tell: Say): Promise<Finding> {
  const { tryGuest } = await import('../compose/try-guest.ts');
  try {
    const milliseconds = Math.round(await tryGuest());
    return { check: 'guest', verdict: 'ok', text: tell('doctor.guest.ready', { milliseconds }) };
  } catch (error) {
    const problem = error instanceof Error ? error.message : String(error);
    return { check: 'guest', verdict: 'failed', text: tell('doctor.guest.failed', { problem }) };
  }
}

/** Undefined when one can listen there; the error's code otherwise. */
function listenProblem(host: string, port: number): Promise<string | undefined> {
  return new Promise((resolve) => {
    const server = createServer();
    server.once('error', (error) => resolve(problemOf(error)));
    server.listen({ host, port, exclusive: true }, () => server.close(() => resolve(undefined)));
  });
}

async function loopback(tell: Say): Promise<Finding> {
  if (await listenProblem(POD_ADDRESS, 0))
    return { check: 'loopback', verdict: 'note', text: tell('doctor.loopback.one') };
  const values = { address: '127.77.0.0/16', port: 1024 };
  const low = await listenProblem(POD_ADDRESS, 80);
  if (low === 'EACCES')
    return { check: 'loopback', verdict: 'note', text: tell('doctor.loopback.highPorts', values) };
  return { check: 'loopback', verdict: 'ok', text: tell('doctor.loopback.all', values) };
}

/** What of the terminal the doctor looks at; the process's standard output has it. */
export interface Terminal {
  readonly isTTY?: boolean;
  readonly columns?: number;
  readonly rows?: number;
  getColorDepth?(): number;
}

function terminal(tell: Say, stdout: Terminal): Finding {
  if (!stdout.isTTY) return { check: 'terminal', verdict: 'ok', text: tell('doctor.terminal.none') };
  const { columns = 0, rows = 0 } = stdout;
  if (columns < 80 || rows < 24)
    return { check: 'terminal', verdict: 'note', text: tell('doctor.terminal.small', { columns, rows }) };
  const colours = 2 ** (stdout.getColorDepth?.() ?? 1);
  return { check: 'terminal', verdict: 'ok', text: tell('doctor.terminal.fits', { columns, rows, colours }) };
}

function language(tell: Say, environment: Io['environment']): Finding {
  const locale = environment.LC_ALL || environment.LC_CTYPE || environment.LANG || '';
  const isUtf8 = /utf-?8/i.test(locale) || process.platform === 'darwin' || process.platform === 'win32';
  const text = tell(isUtf8 ? 'doctor.language.utf8' : 'doctor.language.ascii', { locale });
  return { check: 'language', verdict: isUtf8 ? 'ok' : 'note', text };
}

/** Looks at everything, in the order in which a pod needs it. */
export async function examine(io: Output, stdout: Terminal = process.stdout): Promise<readonly Finding[]> {
  const tell: Say = (key, values) => say(io, key, values);
  const platform = {
    check: 'platform',
    verdict: 'ok',
    text: `${process.platform} ${process.arch}, ${release()}`,
  } as const;
  return [
    node(tell),
    platform,
    await standIns(tell),
    await store(tell, io.environment),
    await guest(tell),
    await loopback(tell),
    ...(await dockerFindings(tell, io.environment)),
    terminal(tell, stdout),
    language(tell, io.environment),
  ];
}

/** Resolves to the exit code: 1 when pods cannot run here. @throws PodstepError BAD_USAGE */
export async function doctor(
  argv: readonly string[],
  io: Output,
  stdout: Terminal = process.stdout,
): Promise<number> {
  const advice = say(io, 'doctor.usage');
  let values: { output?: string; help?: boolean; clean?: boolean; yes?: boolean };
  try {
    const options = {
      output: { type: 'string', short: 'o' },
      help: { type: 'boolean', short: 'h' },
      clean: { type: 'boolean' },
      yes: { type: 'boolean' },
    } as const;
    values = parseArgs({ args: [...argv], options }).values;
  } catch (cause) {
    throw new PodstepError('BAD_USAGE', argumentProblem(io, cause), {
      advice,
      cause,
    });
  }
  const { output = 'table', help = false } = values;
  if (help) {
    io.out(`${advice}\n`);
    return 0;
  }
  if (output !== 'table' && output !== 'json')
    throw new PodstepError('BAD_USAGE', say(io, 'images.unknownOutput', { format: output }));
  if (values.clean) return clean(io, values.yes ?? false);
  const findings = await examine(io, stdout);
  const rows = findings.map(({ check, verdict, text }) => [
    say(io, `doctor.${verdict}`),
    say(io, `doctor.${check}`),
    text,
  ]);
  io.out(output === 'json' ? `${JSON.stringify({ findings }, null, 2)}\n` : `${table(rows)}\n`);
  return findings.some(({ verdict }) => verdict === 'failed') ? 1 : 0;
}

/** What podsteps that have crashed left, of any user of this machine. */
function clean(io: Output, yes: boolean): Promise<number> {
  const confirm = async () => {
    if (yes) return true;
    if (io.ask !== undefined) return io.ask(say(io, 'sweep.ask'));
    io.err(`podstep: ${say(io, 'sweep.needsYes')}\n`);
    return false;
  };
  return sweep(io, { isMeant: () => true, confirm });
}
