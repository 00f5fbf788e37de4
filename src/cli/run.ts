/** `podstep run`: manifests in, every step of their kubelet out. */
import type { KubeletConfiguration } from '../api/kubelet-configuration/fields.ts';
import type { ComposeOptions } from '../compose/engine.ts';
import type { Engine } from '../engine/types.ts';
import { CLUSTER_CONFIGURATION } from '../kubelet/node-config.ts';
import { MANIFEST_DIRECTORY } from '../kubelet/paths.ts';
import type { AppliedPod } from './condition.ts';
import { configurationWarningsText, readConfiguration } from './configuration.ts';
import { runToEnd } from './ending.ts';
import { type Io, say, usageError } from './io.ts';
import { openKubeletLog, withVerbosity } from './kubelet-log.ts';
import {
  checkDirectory,
  loadManifests,
  manifestErrorsText,
  manifestWarningsText,
  unknownFieldsText,
} from './manifests.ts';
import { pullListener } from './pull-progress.ts';
import { openRecorder } from './recorder.ts';
import { type RunRequest, readRunRequest } from './run-options.ts';
import { outputOf } from './run-output.ts';

export type OpenEngine = (options: ComposeOptions) => Promise<Engine>;

/** Resolves to the exit code. Throws PodstepError. */
export async function run(args: readonly string[], io: Io, open: OpenEngine): Promise<number> {
  const request = readRunRequest(args, io);
  const loaded = await loadManifests(request.files, io, request.validate);
  const { objects, errors, warnings } = loaded;
  const settings = await readConfiguration(request.config, io);
  const mistakes = [...settings.errors, ...errors];
  if (mistakes.length > 0) {
    io.err(`${manifestErrorsText(mistakes, io)}${say(io, 'cli.nothingStarted')}\n`);
    return 2;
  }
  if (request.manifestDirectory !== undefined) await checkDirectory(request.manifestDirectory, io);
  const config = withManifests(withVerbosity(settings.config, request), request);
  io.err(configurationWarningsText(settings.warnings, io.language));
  io.err(unknownFieldsText(loaded.unknownFields));
  const { runtime, clock, speed, seed, nodeName, nodeSize, egress, manifestDirectory } = request;
  io.err(manifestWarningsText(warnings, io.language, runtime));
  await using engine = closing(
    await open({
      runtime,
      clock,
      speed,
      seed,
      nodeName,
      egress,
      environment: io.environment,
      keep: request.keep,
      ...(config && { config }),
      ...(nodeSize && { nodeSize }),
      ...(manifestDirectory === undefined ? {} : { manifestDirectory }),
    }),
  );
  const output = outputOf(request.output, io, engine, request.verbose);
  engine.listen(output.listener);
  engine.listen(pullListener(io));
  if (runtime === 'docker') io.err(`${say(io, 'cli.note', { text: say(io, 'docker.containersGoOn') })}\n`);
  await using recorder = await openRecorder(request.record, engine, { config, nodeSize }, io);
  if (recorder !== undefined) engine.listen(recorder.listener);
  await using kubeletLog = await openKubeletLog(request.kubeletLog, io);
  if (kubeletLog !== undefined) engine.listen(kubeletLog.listener);
  engine.start();
  const applied = objects.map((object) => engine.apply(object));
  const pods = ownPods(applied, nodeName);
  checkCondition(request, pods, io);
  const nothingToDo = pods.length === 0 && manifestDirectory === undefined;
  if (nothingToDo && request.until === undefined && request.forMs === undefined) {
    output.end(engine, say(io, 'cli.noPods'));
    return 0;
  }
  const ending = await runToEnd(engine, pods, request, io);
  if (request.keep) io.err(`${say(io, 'cli.note', { text: say(io, 'docker.kept', { nodeName }) })}\n`);
  output.end(engine, ending.text);
  // Where standard output is for programs, a person still learns why the exit code is not 0.
  if (ending.exitCode === 1) io.err(`podstep: ${ending.text}\n`);
  return ending.exitCode;
}

/** A manifest directory is looked at wherever the configuration does not name another place. */
function withManifests(
  config: KubeletConfiguration | undefined,
  { manifestDirectory }: RunRequest,
): KubeletConfiguration | undefined {
  if (manifestDirectory === undefined) return config;
  const { staticPodPath, ...rest } = config ?? CLUSTER_CONFIGURATION;
  return { ...rest, staticPodPath: staticPodPath || MANIFEST_DIRECTORY };
}

function closing(engine: Engine): Engine & AsyncDisposable {
  return Object.assign(engine, { [Symbol.asyncDispose]: () => engine.close() });
}

/** The pods that this node's kubelet will see. */
function ownPods(applied: readonly ReturnType<Engine['apply']>[], nodeName: string): AppliedPod[] {
  return applied.flatMap(({ kind, metadata, spec }) => {
    if (kind !== 'Pod' || (spec as { nodeName?: string }).nodeName !== nodeName) return [];
    return [{ uid: String(metadata.uid), name: String(metadata.name) }];
  });
}

function checkCondition({ until }: RunRequest, pods: readonly AppliedPod[], io: Io): void {
  if (until?.condition.kind !== 'pod') return;
  const { name } = until.condition;
  if (!pods.some((pod) => pod.name === name)) {
    throw usageError(io, 'podstep run', 'cli.noSuchPod', { value: until.text, name });
  }
}
