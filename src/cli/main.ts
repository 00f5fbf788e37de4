/** The command line's entry: the process' streams and signals in, its exit code out. */
import { createInterface } from 'node:readline/promises';
import { text } from 'node:stream/consumers';
import { dispatch } from './dispatch.ts';
import { type Io, usageError } from './io.ts';
import { takeLanguage } from './language.ts';

const stop = new AbortController();
/** How long a run may take to end in order once it was told to. */
const STOP_LIMIT_MS = 5000;

// The first signal ends the run in order, or in time; a second one ends the process as usual.
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
  process.once(signal, () => {
    stop.abort();
    setTimeout(() => process.exit(130), STOP_LIMIT_MS).unref();
  });
}

// A reader that has seen enough (`| head`) ends the run without a word.
process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  if (error.code !== 'EPIPE') throw error;
  process.exit(0);
});

const { language, rest, refused } = takeLanguage(process.argv.slice(2), process.env);

const io: Io = {
  out: (written) => void process.stdout.write(written),
  err: (written) => void process.stderr.write(written),
  readStdin: () => text(process.stdin),
  language,
  environment: process.env,
  isTerminal: process.stdin.isTTY === true && process.stdout.isTTY === true,
  ...(process.stdout.isTTY === true ? { terminal: outTerminal() } : {}),
  ...(process.stdin.isTTY === true && process.stderr.isTTY === true ? { ask } : {}),
  signal: stop.signal,
};

/** Anything but a yes is a no. */
async function ask(question: string): Promise<boolean> {
  const reader = createInterface({ input: process.stdin, output: process.stderr });
  try {
    return /^(y|yes|是)$/i.test((await reader.question(question, { signal: stop.signal })).trim());
  } catch (error) {
    if (stop.signal.aborted) return false;
    throw error;
  } finally {
    reader.close();
  }
}

function outTerminal() {
  const paint = (process.env.NO_COLOR ?? '') === '' ? 'colour' : 'none';
  return { columns: () => process.stdout.columns, paint } as const;
}

if (refused === undefined) {
  process.exitCode = await dispatch(rest, io);
  // What still waits for the network would keep a process that was told to end.
  if (stop.signal.aborted) process.stdout.write('', () => process.exit());
} else {
  const choices = 'en, zh';
  const error = usageError(io, 'podstep', 'cli.badChoice', { option: '--lang', value: refused, choices });
  io.err(`podstep: ${error.message}\n`);
  process.exitCode = error.exitCode;
}
