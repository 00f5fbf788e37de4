/** `wasi:cli`: arguments, environment, exit, the standard streams, and which of them are terminals. */
import { exited } from '../process/exit.ts';
import type { Process } from '../process/process.ts';
import type { ByteSink } from './bytes.ts';
import { ProcessEnded } from './result.ts';
import { InputStream, OutputStream } from './streams.ts';

/** A terminal as WASI 0.2 has it: something that is there or not, and can do nothing. */
class Terminal {
  readonly #release: () => void;
  constructor(process: Process) {
    this.#release = process.own(() => {});
  }
  [Symbol.dispose](): void {
    this.#release();
  }
}
class TerminalInput extends Terminal {}
class TerminalOutput extends Terminal {}

export function cliImports(process: Process): Record<string, Record<string, unknown>> {
  const { plan } = process;
  const { standard } = plan;
  const terminalOf = (sink: ByteSink) => (sink.isTerminal ? new TerminalOutput(process) : undefined);
  const exitWithCode = (code: number) => {
    process.end(exited(code & 0xff));
    throw new ProcessEnded();
  };
  return {
    'wasi:cli/environment': {
      getEnvironment: () => plan.environment,
      getArguments: () => plan.arguments,
      initialCwd: () => plan.directory,
    },
    'wasi:cli/exit': {
      exit: (status: { readonly tag: 'ok' | 'err' }) => exitWithCode(status.tag === 'ok' ? 0 : 1),
      exitWithCode,
    },
    'wasi:cli/stdin': {
      getStdin() {
        plan.standard.stdin.retain();
        return new InputStream(process, plan.standard.stdin);
      },
    },
    'wasi:cli/stdout': {
      getStdout() {
        plan.standard.stdout.retain();
        return new OutputStream(process, plan.standard.stdout);
      },
    },
    'wasi:cli/stderr': {
      getStderr() {
        plan.standard.stderr.retain();
        return new OutputStream(process, plan.standard.stderr);
      },
    },
    'wasi:cli/terminal-input': { TerminalInput },
    'wasi:cli/terminal-output': { TerminalOutput },
    'wasi:cli/terminal-stdin': {
      getTerminalStdin: () => (standard.stdin.isTerminal ? new TerminalInput(process) : undefined),
    },
    'wasi:cli/terminal-stdout': { getTerminalStdout: () => terminalOf(standard.stdout) },
    'wasi:cli/terminal-stderr': { getTerminalStderr: () => terminalOf(standard.stderr) },
  };
}
