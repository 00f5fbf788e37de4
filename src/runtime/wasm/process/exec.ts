/** A command run beside a container's own processes, with its output captured: exec probes and hooks. */
import { RuntimeError } from '../../port.ts';
import { CaptureSink, EmptySource } from '../host/bytes.ts';
import { secondsNs } from '../scheduler/clock.ts';
import type { Container } from './container.ts';
import { killedBy } from './exit.ts';
import { ProgramError } from './program.ts';
import { SIGKILL } from './signals.ts';

/** Of standard output, and of standard error: as much as CRI's ExecSync returns (cri-api, 16 MB). */
const OUTPUT_BYTES = 16 << 20;

export interface ExecResult {
  readonly stdout: string;
  readonly stderr: string;
  readonly exitCode: number;
}

/** Calls back once the command has ended, or could not begin, or `timeoutSeconds` (0: none) are over. */
export function exec(
  container: Container,
  command: readonly string[],
  timeoutSeconds: number,
  done: (result: ExecResult | RuntimeError) => void,
): void {
  if (!container.running) throw new RuntimeError('FailedPrecondition', 'container not running');
  if (!container.hasRoomForProcess) throw new RuntimeError('Unknown', 'too many processes in the container');
  const { environment, workingDir } = container.plan;
  const program = container.find(command[0] ?? '', command, environment, workingDir);
  if (program instanceof ProgramError) {
    const text = `OCI runtime exec failed: exec failed: unable to start container process: ${program.message}: unknown`;
    done(new RuntimeError('Unknown', text, { cause: program }));
    return;
  }
  const stdout = new CaptureSink(OUTPUT_BYTES);
  const stderr = new CaptureSink(OUTPUT_BYTES);
  const standard = { stdin: new EmptySource(), stdout, stderr };
  const process = container.run(program, environment, workingDir, standard, 0);
  const { timers, clock } = container.world;
  let timedOut = false;
  const endIt = () => {
    timedOut = true;
    process.end(killedBy(SIGKILL));
  };
  const timer = timeoutSeconds > 0 ? timers.add(clock.nowNs() + secondsNs(timeoutSeconds), endIt) : undefined;
  process.gone.add(() => {
    if (timer !== undefined) timers.cancel(timer);
    if (timedOut) {
      const text = `failed to exec in container: timeout ${timeoutSeconds}s exceeded: context deadline exceeded`;
      done(new RuntimeError('DeadlineExceeded', text));
    } else {
      done({ stdout: stdout.text(), stderr: stderr.text(), exitCode: process.outcome?.exitCode ?? 0 });
    }
  });
}
