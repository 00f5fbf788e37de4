/** `--record`: every event of a run, written as it happens. */

import { once } from 'node:events';
import { createWriteStream, type WriteStream } from 'node:fs';
import type { KubeletConfiguration } from '../api/kubelet-configuration/fields.ts';
import type { NodeSize } from '../cluster/node.ts';
import { headerLine, stepLine } from '../engine/recording.ts';
import type { Engine, EngineListener } from '../engine/types.ts';
import { fileProblem } from './file-problem.ts';
import type { Io } from './io.ts';

export interface Recorder extends AsyncDisposable {
  readonly listener: EngineListener;
}

/** Opens the file before anything starts. Throws PodstepError FILE_UNREADABLE when it cannot be written. */
export async function openRecorder(
  file: string | undefined,
  engine: Engine,
  { config, nodeSize }: { config: KubeletConfiguration | undefined; nodeSize: NodeSize | undefined },
  io: Io,
): Promise<Recorder | undefined> {
  if (file === undefined) return undefined;
  const stream = await openForWriting(file, io);
  const { seed, clock, runtime, machine } = engine;
  const startedAtMs = engine.now();
  const header = headerLine({
    seed,
    clock,
    runtime: runtime.name,
    startedAtMs,
    ...(config && { config }),
    ...(nodeSize && { nodeSize }),
    ...(machine && { machine }),
  });
  stream.write(`${header}\n`);
  return {
    listener: { onStep: (step) => void stream.write(`${stepLine(step)}\n`) },
    async [Symbol.asyncDispose]() {
      stream.end();
      await once(stream, 'close');
    },
  };
}

/** Throws PodstepError FILE_UNREADABLE when the file cannot be written. */
export async function openForWriting(file: string, io: Io): Promise<WriteStream> {
  const stream = createWriteStream(file);
  try {
    await once(stream, 'open');
    return stream;
  } catch (cause) {
    throw fileProblem('cli.unwritable', file, cause, io);
  }
}
