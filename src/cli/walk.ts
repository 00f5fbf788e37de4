/** The walk without a terminal: the first lesson's pod through its whole life, as plain text. */
import { join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import { PodstepError } from '../lib/errors.ts';
import { runToEnd } from './ending.ts';
import { type Io, say } from './io.ts';
import { loadManifests, manifestErrorsText } from './manifests.ts';
import type { Opening } from './own-node.ts';
import { pullListener } from './pull-progress.ts';
import type { OpenEngine } from './run.ts';
import type { RunRequest } from './run-options.ts';
import { outputOf } from './run-output.ts';

const ROOT = fileURLToPath(new URL('../../', import.meta.url));
const POD = join(ROOT, 'tutorials', '01-first-pod', 'pod.yaml');
/** How long the walk stays with the running pod, so that probes are seen at work. */
const LOOK_MS = 6000;

const REQUEST: RunRequest = {
  files: [POD],
  runtime: 'wasm',
  clock: 'virtual',
  speed: 1,
  seed: 1,
  nodeName: 'node-1',
  nodeSize: undefined,
  egress: [],
  forMs: undefined,
  until: { text: 'Ready', condition: { kind: 'every', is: 'Ready' } },
  deleteAfterMs: undefined,
  shutdownAfterMs: undefined,
  record: undefined,
  config: undefined,
  manifestDirectory: undefined,
  kubeletLog: undefined,
  verbosity: undefined,
  validate: 'Strict',
  output: 'text',
  verbose: false,
  keep: false,
};

/** Resolves to the exit code. Throws PodstepError. */
export async function walk(io: Io, open: OpenEngine, { node }: Opening): Promise<number> {
  const { objects, errors } = await loadManifests(REQUEST.files, io);
  if (errors.length > 0) throw new PodstepError('BAD_MANIFEST', manifestErrorsText(errors, io));
  const request = { ...REQUEST, runtime: node.runtime, clock: node.clock, nodeName: node.nodeName };
  const { seed } = request;
  const engine = await open({ seed, ...node });
  try {
    const output = outputOf('text', io, engine, false);
    engine.listen(output.listener);
    engine.listen(pullListener(io));
    const where = say(io, node.runtime === 'docker' ? 'cli.walk.inDocker' : 'cli.walk.inWasm', { seed });
    io.out(`${say(io, 'cli.walk.intro', { file: relative(ROOT, POD), where })}\n`);
    engine.start();
    const pods = objects
      .map((object) => engine.apply(object).metadata)
      .map(({ uid, name }) => ({ uid: String(uid), name: String(name) }));
    const ready = await runToEnd(engine, pods, request, io);
    if (ready.exitCode !== 0) return endHere(io, ready);
    await engine.run({ forMs: LOOK_MS, signal: io.signal });
    io.out(`${say(io, 'cli.walk.delete', { name: pods[0]?.name ?? '' })}\n`);
    for (const { metadata } of engine.pods()) engine.deletePod(metadata.namespace, metadata.name);
    const until = { text: 'deleted', condition: { kind: 'every', is: 'deleted' } } as const;
    const gone = await runToEnd(engine, pods, { ...request, until }, io);
    if (gone.exitCode !== 0) return endHere(io, gone);
    io.out(say(io, 'cli.walk.outro'));
    return 0;
  } finally {
    await engine.close();
  }
}

function endHere(io: Io, { exitCode, text }: { exitCode: number; text: string }): number {
  io.err(`podstep: ${text}\n`);
  return exitCode;
}
