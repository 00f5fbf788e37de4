/** CRI's ExecSync on the Engine: a command's output and exit code, or its end when the time is over. */
import type { ExecSyncResponse } from '../../../api/cri.ts';
import { RuntimeError } from '../../port.ts';
import type { EngineClient } from '../engine/client.ts';
import { streamPieces } from '../engine/frames.ts';
import { beginExec, inspectExec, killExec, mustRun, startFailure } from './run-exec.ts';

/** As containerd's execSync: what is written beyond it is dropped (internal/cri/server/container_execsync.go). */
const OUTPUT_LIMIT_BYTES = 16 << 20;

/**
 * @throws RuntimeError DeadlineExceeded after `timeoutSeconds` (0: none), when the process has been ended; its message
 * says so where it could not be
 */
export async function execSync(
  engine: EngineClient,
  containerId: string,
  command: readonly string[],
  timeoutSeconds: number,
): Promise<ExecSyncResponse> {
  const { Id: fullId } = await mustRun(engine, containerId);
  const { id, socket } = await beginExec(engine, containerId, { command, tty: false, stdin: false });
  let end: Promise<boolean> | undefined;
  const endIt = () => {
    end = killExec(engine, fullId, id).finally(() => socket.destroy());
    // Awaited below; the loop over the output ends first.
    end.catch(() => {});
  };
  const timer = timeoutSeconds > 0 ? setTimeout(endIt, timeoutSeconds * 1000) : undefined;
  const output = { stdout: new Captured(), stderr: new Captured() };
  try {
    for await (const { stream, bytes } of streamPieces(socket, false)) output[stream].add(bytes);
  } catch (error) {
    if (end === undefined) throw error;
  } finally {
    clearTimeout(timer);
    socket.destroy();
  }
  if (end !== undefined) {
    const left = (await end)
      ? ''
      : ' (the process could not be ended: it is on another machine, or not ours)';
    const text = `failed to exec in container: timeout ${timeoutSeconds}s exceeded: context deadline exceeded${left}`;
    throw new RuntimeError('DeadlineExceeded', text);
  }
  const { ExitCode: exitCode } = await inspectExec(engine, id);
  const [stdout, stderr] = [output.stdout.text, output.stderr.text];
  const failure = startFailure(exitCode ?? 0, stdout);
  if (failure !== undefined) throw new RuntimeError('Unknown', failure);
  return { stdout, stderr, exitCode: exitCode ?? 0 };
}

/** The beginning of a stream. */
class Captured {
  readonly #pieces: Uint8Array[] = [];
  #leftBytes = OUTPUT_LIMIT_BYTES;

  add(bytes: Uint8Array): void {
    if (this.#leftBytes === 0) return;
    const piece = bytes.subarray(0, this.#leftBytes);
    this.#leftBytes -= piece.length;
    this.#pieces.push(piece);
  }

  get text(): string {
    return Buffer.concat(this.#pieces).toString('utf8');
  }
}
