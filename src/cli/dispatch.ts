/** Finds the command, loads it alone, and turns every ending into an exit code. */
import { readFile } from 'node:fs/promises';
import { PodstepError } from '../lib/errors.ts';
import { type MessageKey, tellAdvice } from '../messages/index.ts';
import { type Io, say } from './io.ts';

interface Command {
  readonly name: string;
  readonly about: MessageKey;
  /** Left out by commands that print their own. */
  readonly help?: MessageKey;
  run(args: readonly string[], io: Io): Promise<number>;
}

/** Where guests will run: the thread loads its code while the kubelet's is loaded here. */
async function startThread(): Promise<void> {
  (await import('../runtime/wasm/thread/worker.ts')).startWorkerAhead();
}

/** Each loads its own parts: `--help` needs no runtime. */
const COMMANDS: readonly Command[] = [
  {
    name: 'run',
    about: 'cli.command.run',
    help: 'cli.help.run',
    async run(args, io) {
      if (!args.some((arg) => arg.startsWith('--runtime'))) await startThread();
      const [{ run }, { composeEngine }] = await Promise.all([
        import('./run.ts'),
        import('../compose/engine.ts'),
      ]);
      return run(args, io, composeEngine);
    },
  },
  {
    name: 'replay',
    about: 'cli.command.replay',
    help: 'cli.help.replay',
    async run(args, io) {
      const [{ replayCommand }, { kubeletOf }] = await Promise.all([
        import('./replay.ts'),
        import('../compose/kubelet.ts'),
      ]);
      return replayCommand(
        args,
        io,
        ({ runtime: runtimeName, startedAtMs, config, nodeSize: size, machine }) =>
          kubeletOf(startedAtMs, { runtimeName, config, size, machine }),
      );
    },
  },
  {
    name: 'compare',
    about: 'cli.command.compare',
    help: 'cli.help.compare',
    async run(args, io) {
      const [{ compare }, { composeEngine }] = await Promise.all([
        import('./compare.ts'),
        import('../compose/engine.ts'),
      ]);
      return compare(args, io, composeEngine);
    },
  },
  {
    name: 'down',
    about: 'cli.command.down',
    help: 'cli.help.down',
    run: async (args, io) => (await import('./down.ts')).down(args, io),
  },
  {
    name: 'images',
    about: 'cli.command.images',
    run: async (args, io) => (await import('./images.ts')).images(args, io),
  },
  {
    name: 'doctor',
    about: 'cli.command.doctor',
    run: async (args, io) => (await import('./doctor.ts')).doctor(args, io),
  },
];

/** Resolves to the exit code. */
export async function dispatch(argv: readonly string[], io: Io): Promise<number> {
  try {
    return await runCommand(argv, io);
  } catch (error) {
    if (!(error instanceof PodstepError)) throw error;
    const advice = error.advice === undefined ? '' : tellAdvice(error.advice, io.language);
    const line = advice === '' ? '' : `\n${say(io, 'cli.advice', { advice })}`;
    io.err(`podstep: ${error.message}${line}\n`);
    return error.exitCode;
  }
}

async function runCommand(argv: readonly string[], io: Io): Promise<number> {
  const [name, ...args] = argv;
  if (name === undefined) return runAlone(argv, io);
  if (name === '--help' || name === '-h' || name === 'help') {
    const asked = COMMANDS.find((command) => command.name === args[0]);
    if (asked !== undefined) return runNamed(asked, ['--help'], io);
    io.out(help(io));
    return 0;
  }
  if (name === '--version') {
    io.out(`podstep ${await version()}\n`);
    return 0;
  }
  if (name.startsWith('--')) return runAlone(argv, io);
  const command = COMMANDS.find((one) => one.name === name);
  if (command === undefined) {
    throw new PodstepError('BAD_USAGE', say(io, 'cli.unknownCommand', { command: name }), {
      advice: say(io, 'cli.seeHelp', { command: 'podstep' }),
    });
  }
  return runNamed(command, args, io);
}

/** Without a command: the screen, or the walk where there is no terminal. */
async function runAlone(args: readonly string[], io: Io): Promise<number> {
  if (!args.some((arg) => arg.startsWith('--runtime'))) await startThread();
  const opening = await (await import('./own-node.ts')).readOpening(args, io);
  const { composeEngine } = await import('../compose/engine.ts');
  if (io.isTerminal) return (await import('./screen.ts')).screen(io, composeEngine, opening);
  return (await import('./walk.ts')).walk(io, composeEngine, opening);
}

async function runNamed(command: Command, args: readonly string[], io: Io): Promise<number> {
  const wantsHelp = args.includes('--help') || args.includes('-h');
  if (!wantsHelp || command.help === undefined) return command.run(args, io);
  io.out(say(io, command.help));
  return 0;
}

function help(io: Io): string {
  const commands = COMMANDS.map(({ name, about }) => `  ${name.padEnd(16)}${say(io, about)}\n`).join('');
  return say(io, 'cli.help', { commands });
}

async function version(): Promise<string> {
  const text = await readFile(new URL('../../package.json', import.meta.url), 'utf8');
  return (JSON.parse(text) as { version: string }).version;
}
