/** `wasi:cli`: arguments, environment, exit, the standard streams, and no terminals. */
import { exited } from '../process/exit.ts';
import type { Process } from '../process/process.ts';
import { ProcessEnded } from './result.ts';
import { InputStream, OutputStream } from './streams.ts';

class TerminalInput {}
class TerminalOutput {}

export function cliImports(process: Process): Record<string, Record<string, unknown>> {
  const { plan } = process;
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
    'wasi:cli/terminal-stdin': { getTerminalStdin: () => undefined },
    'wasi:cli/terminal-stdout': { getTerminalStdout: () => undefined },
    'wasi:cli/terminal-stderr': { getTerminalStderr: () => undefined },
  };
}
