/** `podstep replay`: the events of a recording, fed to the kubelet again. */
import type { KubeletCore } from '../engine/core.ts';
import { type RecordingHeader, replay } from '../engine/recording.ts';
import type { TraceEntry } from '../machines/trace.ts';
import { type Io, say, usageError } from './io.ts';
import { readText } from './manifests.ts';
import { readOptions } from './options.ts';
import { stepJsonl, stepText } from './run-output.ts';

const OPTIONS = {
  output: { type: 'string', short: 'o' },
  verbose: { type: 'boolean', short: 'v' },
} as const;

const COMMAND = 'podstep replay';

/** Resolves to the exit code. Throws PodstepError. */
export async function replayCommand(
  args: readonly string[],
  io: Io,
  kubeletOf: (header: RecordingHeader) => KubeletCore<unknown>,
): Promise<number> {
  const given = readOptions(args, OPTIONS, COMMAND, io);
  const [file, ...more] = given.files;
  if (file === undefined || more.length > 0) throw usageError(io, COMMAND, 'cli.oneFile');
  const form = given.choice('output', ['text', 'jsonl']);
  const verbose = given.flag('verbose');
  const { steps, difference } = replay(await readText(file, io), file, kubeletOf);
  for (const step of steps) {
    io.out(form === 'text' ? stepText(step, io, verbose) : stepJsonl(step, io, verbose));
  }
  if (difference === undefined) {
    if (form === 'text') io.out(`\n${say(io, 'cli.replay.same', { steps: steps.length })}\n`);
    return 0;
  }
  const told = (entries: readonly TraceEntry[]) =>
    entries.map((entry) => `  ${JSON.stringify(entry)}\n`).join('');
  io.err(
    `podstep: ${say(io, 'cli.replay.differs', { seq: difference.seq })}\n` +
      `${say(io, 'cli.replay.recorded')}\n${told(difference.recorded)}` +
      `${say(io, 'cli.replay.replayed')}\n${told(difference.replayed)}`,
  );
  return 1;
}
