/** A command run beside a container's own processes: exec probes and hooks, and people who type. */
import { RuntimeError } from '../../port.ts';
import { BytePipe, type ByteSink, CaptureSink, EmptySource, PipeReader } from '../host/bytes.ts';
import { secondsNs } from '../scheduler/clock.ts';
import type { Container } from './container.ts';
import { killedBy, NO_ROOM } from './exit.ts';
import type { Process, ProcessPlan, Standard } from './process.ts';
import { ProgramError } from './program.ts';
import { SIGKILL } from './signals.ts';
import { Terminal } from './terminal.ts';

/** Of standard output, and of standard error: as much as CRI's ExecSync returns (cri-api, 16 MB). */
const OUTPUT_BYTES = 16 << 20;

export interface ExecResult {
  readonly stdout: string;
  readonly stderr: string;
  readonly exitCode: number;
}

/** Starts `command` with the container's environment. @throws RuntimeError in the words of runc */
function start(
  container: Container,
  command: readonly string[],
  standard: Standard,
  terminal?: Terminal,
): Process {
  if (!container.running) throw new RuntimeError('FailedPrecondition', 'container not running');
  if (!container.hasRoomForProcess) throw cannotExec(NO_ROOM);
  const { workingDir } = container.plan;
  const environment = environmentOf(container, terminal !== undefined);
  const program = container.find(command[0] ?? '', command, environment, workingDir);
  if (program instanceof ProgramError) throw cannotExec(program.message, program);
  return container.run(program, environment, workingDir, standard, 0, terminal);
}

function cannotExec(why: string, cause?: ProgramError): RuntimeError {
  const text = `OCI runtime exec failed: exec failed: unable to start container process: ${why}: unknown`;
  return new RuntimeError('Unknown', text, { cause });
}

/** The container's; at a terminal containerd sets TERM. */
function environmentOf({ plan }: Container, tty: boolean): ProcessPlan['environment'] {
  if (!tty) return plan.environment;
  return [...plan.environment.filter(([name]) => name !== 'TERM'), ['TERM', 'xterm']];
}

/** Calls back once the command has ended, or `timeoutSeconds` (0: none) are over. @throws RuntimeError */
export function exec(
  container: Container,
  command: readonly string[],
  timeoutSeconds: number,
  done: (result: ExecResult | RuntimeError) => void,
): void {
  const stdout = new CaptureSink(OUTPUT_BYTES);
  const stderr = new CaptureSink(OUTPUT_BYTES);
  const process = start(container, command, { stdin: new EmptySource(), stdout, stderr });
  const { timers, clock } = container.world;
  let timedOut = false;
  const endIt = () => {
    timedOut = true;
    for (const one of container.namespace.family(process)) one.end(killedBy(SIGKILL));
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

/** A command that someone talks with. */
export interface StartedExec {
  readonly process: Process;
  readonly terminal: Terminal | undefined;
  /** Where its input goes; undefined when it has none. */
  readonly input: ByteSink | undefined;
  /** Brings its input to the end. */
  readonly closeInput: () => void;
}

/** Starts `command` with its output to `sinks`, at a terminal of its own when `tty`. @throws RuntimeError */
export function startExec(
  container: Container,
  command: readonly string[],
  sinks: Pick<Standard, 'stdout' | 'stderr'>,
  tty: boolean,
  stdin: boolean,
): StartedExec {
  if (tty) {
    const terminal = new Terminal(sinks.stdout);
    const process = start(container, command, terminal.standard, terminal);
    container.seat(terminal);
    const closeInput = () => terminal.hangUp();
    if (!stdin) closeInput();
    return { process, terminal, input: stdin ? terminal.input : undefined, closeInput };
  }
  const pipe = stdin ? new BytePipe() : undefined;
  const input = pipe === undefined ? new EmptySource() : new PipeReader(pipe);
  const process = start(container, command, { stdin: input, ...sinks });
  let open = true;
  const closeInput = () => {
    if (open) pipe?.release();
    open = false;
  };
  return { process, terminal: undefined, input: pipe, closeInput };
}
