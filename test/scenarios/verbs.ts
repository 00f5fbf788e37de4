/** The commands of scenarios, one entry each: what it does, and the lines that it gives. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { loadConfiguration } from '../../src/api/kubelet-configuration/read.ts';
import { loadManifests } from '../../src/api/load.ts';
import type { Position } from '../../src/api/manifest/errors.ts';
import type { ContainerStatusApi, KubeObject } from '../../src/api/types.ts';
import { holds, parseCondition } from '../../src/cli/condition.ts';
import { podTable } from '../../src/cli/pod-table.ts';
import { parseNodeSize } from '../../src/compose/node-size.ts';
import type { Engine } from '../../src/engine/types.ts';
import { parseDuration } from '../../src/lib/duration.ts';
import { PodstepError } from '../../src/lib/errors.ts';
import { type FailingCall, RuntimeError } from '../../src/runtime/port.ts';
import { nodeVerbs } from './node-verbs.ts';
import { at } from './path.ts';
import { sourceVerbs } from './source-verbs.ts';
import { DEFAULT_STAGES, NODE_STARTS, type Stage } from './stage.ts';

type Given = readonly string[] | undefined | void;
export type Verb = (stage: Stage, args: readonly string[], body: readonly string[]) => Given | Promise<Given>;

const MANIFESTS = join(import.meta.dirname, '..', 'manifests');

export const verbs: Readonly<Record<string, Verb>> = {
  config: (stage, _args, body) => configure(stage, body),
  node: (stage, sizes) => {
    const nodeSize = parseNodeSize(sizes);
    if (nodeSize === undefined) throw new Error(`no size of a node: ${sizes.join(' ')}`);
    stage.configure({ nodeSize });
  },
  'kubelet log': async (stage, words) => {
    const lines = (await stage.engine()).kubeletLog();
    return lines.filter((line) => line.includes(words.join(' '))).flatMap((line) => line.split('\n'));
  },
  ...sourceVerbs,
  ...nodeVerbs,
  apply: (stage, [file], body) =>
    file === undefined
      ? apply(stage, body.join('\n'), 'manifest.yaml')
      : apply(stage, readFileSync(join(MANIFESTS, file), 'utf8'), file),
  show: (stage, args) => {
    stage.shown = args.length === 0 ? DEFAULT_STAGES : args;
  },
  'run for': runFor,
  advance: runFor,
  'run until': (stage, [text = '']) => runUntil(stage, text),
  step: async (stage, [times = '1']) => {
    const engine = await stage.engine();
    for (let i = 0; i < Number(times); i++) await engine.stepVisible();
  },
  delete: async (stage, [name = '', grace]) => {
    const { metadata } = await stage.pod(name);
    const options = grace === undefined ? {} : { gracePeriodSeconds: Number(grace.replace('--grace=', '')) };
    (await stage.engine()).deletePod(metadata.namespace, name, options);
  },
  'set condition': async (stage, [name = '', word = '']) => {
    const [type = '', status] = word.split('=');
    if (status !== 'True' && status !== 'False') throw new Error('set condition POD TYPE=True|False');
    const engine = await stage.engine();
    engine.faults.setPodCondition('default', name, { type, status }, engine.now());
  },
  pods: async (stage) => {
    const engine = await stage.engine();
    return podTable(engine.pods(), engine.now()).split('\n').slice(0, -1);
  },
  log: async (stage, [pod = '', container = '']) => {
    const { metadata } = await stage.pod(pod);
    return (await stage.engine()).logs(metadata.uid, container).map(({ text }) => text);
  },
  get: async (stage, [pod = '', port, path = '/']) => {
    const { network } = (await stage.engine()).runtime;
    const host = (await stage.pod(pod)).status?.podIP ?? '';
    const request = { scheme: 'HTTP', host, port: Number(port), path, headers: [] } as const;
    const { statusCode, body } = await stage.answer(network.httpGet(request, 1));
    return [String(statusCode), ...body.trimEnd().split('\n')];
  },
  exec: async (stage, [pod = '', container = '', ...command]) => {
    const { runtimeService } = (await stage.engine()).runtime;
    const id = await stage.containerId(pod, container);
    const asked = runtimeService.execSync(id, ['sh', '-c', command.join(' ')], 10);
    const { stdout, stderr, exitCode } = await stage.answer(asked);
    const lines = `${stdout}${stderr}`.trimEnd();
    return [...(lines === '' ? [] : lines.split('\n')), ...(exitCode === 0 ? [] : [`exit code ${exitCode}`])];
  },
  containers: async (stage, [name = '']) => {
    const { status } = await stage.pod(name);
    return [
      ...(status?.initContainerStatuses ?? []),
      ...(status?.containerStatuses ?? []),
      ...(status?.ephemeralContainerStatuses ?? []),
    ].map(containerLine);
  },
  print: async (stage, [reference = '', path = '']) => {
    const value = at(await stage.object(reference), path);
    const lines = (typeof value === 'string' ? value : (JSON.stringify(value, null, 1) ?? 'nothing')).split(
      '\n',
    );
    // An empty line would end the output: a text that has one is shown as it would be written in JSON.
    return lines.includes('') ? [JSON.stringify(value)] : lines;
  },
  expect,
  events: async (stage, [reference]) => eventLines((await stage.engine()).objects(), reference),
  kill: async (stage, [pod = '', container = '']) => {
    const { faults } = await stage.engine();
    await stage.answer(faults.killContainer(await stage.containerId(pod, container)));
  },
  'remove container': async (stage, [pod = '', container = '']) => {
    const { faults } = await stage.engine();
    await stage.answer(faults.removeContainer(await stage.containerId(pod, container)));
  },
  'crash runtime': async (stage) => {
    const { faults } = await stage.engine();
    await stage.answer(faults.crashRuntime());
  },
  'stop sandbox': async (stage, [name = '']) => {
    const { runtime, faults } = await stage.engine();
    const { uid } = (await stage.pod(name)).metadata;
    const sandboxes = await stage.answer(runtime.runtimeService.listPodSandbox());
    for (const { id, metadata, state } of sandboxes) {
      if (metadata.uid === uid && state === 'SANDBOX_READY') await stage.answer(faults.stopSandbox(id));
    }
  },
  'fail next pull': (stage, args) => failNext(stage, 'pullImage', args),
  'fail next': (stage, [call, ...args]) => failNext(stage, call as FailingCall, args),
  runtime: async (stage, [health]) => {
    const { faults } = await stage.engine();
    if (health !== 'up' && health !== 'down' && health !== 'hanging') throw new Error(`no health: ${health}`);
    faults.setHealth(health);
  },
  shutdown: async (stage, [word]) => {
    (await stage.engine()).faults.shutdownNode(word !== 'cancel');
  },
  api: async (stage, [word]) => {
    if (word !== 'up' && word !== 'down') throw new Error(`api up or api down, not ${word}`);
    (await stage.engine()).faults.setApiServerReachable(word === 'up');
  },
};

const CONFIGURATION = ['apiVersion: kubelet.config.k8s.io/v1beta1', 'kind: KubeletConfiguration'];

/** What is wrong with the file, and what in it has no effect; places are those of the lines below the command. */
function configure(stage: Stage, body: readonly string[]): Given {
  const { config, errors, warnings } = loadConfiguration([...CONFIGURATION, ...body].join('\n'), '');
  const place = ({ line, column }: Position) => `${line - CONFIGURATION.length}:${column}`;
  if (config !== undefined) stage.configure({ config });
  return [
    ...errors.map((error) => `${place(error)}: ${error.message}`),
    ...warnings.map((warning) => `${place(warning)}: ${warning.path} has no effect: ${warning.note.en}`),
  ];
}

async function apply(stage: Stage, text: string, file: string): Promise<Given> {
  const { objects, errors } = loadManifests(text, file);
  if (errors.length > 0) return errors.map(({ line, column, message }) => `${line}:${column}: ${message}`);
  const engine = await stage.engine();
  for (const { object } of objects) {
    const stored = accepted(engine, object);
    if (typeof stored === 'string') return stored.trimEnd().split('\n');
    const { kind, metadata } = stored;
    if (kind === 'Pod') stage.applied.push({ uid: String(metadata.uid), name: String(metadata.name) });
  }
}

/** The object as it is stored now, or why the API server refuses it. */
function accepted(engine: Engine, object: KubeObject): KubeObject | string {
  try {
    return engine.apply(object);
  } catch (error) {
    if (error instanceof PodstepError) return error.message;
    throw error;
  }
}

async function runFor(stage: Stage, [duration = '']: readonly string[]): Promise<Given> {
  const forMs = parseDuration(duration);
  if (forMs === undefined) throw new Error(`no duration: ${duration}`);
  await (await stage.engine()).run({ forMs });
}

async function runUntil(stage: Stage, text: string): Promise<Given> {
  const condition = parseCondition(text);
  if (condition === undefined) throw new Error(`no condition: ${text}`);
  const engine = await stage.engine();
  const view = () => ({ applied: stage.applied, pods: engine.pods(), events: stage.events });
  const end = await engine.run({ forMs: 600_000, until: () => holds(condition, view()) });
  return end === 'until' ? undefined : [`${text} did not hold within 10m`];
}

/** `expect pod/web status.phase = Running`: gives nothing when it holds, and what there is when it does not. */
async function expect(stage: Stage, [reference = '', path = '', is, ...words]: readonly string[]) {
  if (is !== '=') throw new Error('expect OBJECT PATH = VALUE');
  const value = at(await stage.object(reference), path);
  const text = typeof value === 'string' ? value : JSON.stringify(value);
  return text === words.join(' ') ? undefined : [`NOT SO: ${text}`];
}

async function failNext(stage: Stage, call: FailingCall, words: readonly string[]): Promise<Given> {
  const { faults } = await stage.engine();
  faults.failNext(call, new RuntimeError('Unknown', words.join(' ')));
}

function eventLines(objects: readonly KubeObject[], reference: string | undefined): string[] {
  return objects.flatMap((object) => {
    const { kind, name } = (object.involvedObject ?? {}) as { kind?: string; name?: string };
    const about = `${kind?.toLowerCase()}/${name}`;
    if (object.kind !== 'Event' || (reference !== undefined && about !== reference)) return [];
    if (reference === undefined && NODE_STARTS.test(String(object.reason))) return [];
    return [`${object.type} ${object.reason} x${object.count ?? 1} ${about}: ${object.message}`];
  });
}

function containerLine(status: ContainerStatusApi): string {
  const { name, state, lastState, restartCount, ready } = status;
  const last = lastState && Object.keys(lastState).length > 0 ? `, before: ${stateText(lastState)}` : '';
  return `${name}: ${stateText(state)}, ready ${ready}, restarts ${restartCount}${last}`;
}

function stateText(state: ContainerStatusApi['state']): string {
  if (state?.running) return 'running';
  if (state?.terminated) return `terminated ${state.terminated.reason} ${state.terminated.exitCode}`;
  return `waiting ${state?.waiting?.reason}`;
}
