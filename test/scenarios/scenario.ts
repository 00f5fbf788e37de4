/** Reads and plays scenario files: commands with the output that they must give. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { loadManifests } from '../../src/api/load.ts';
import type { ContainerStatusApi, CoreEvent } from '../../src/api/types.ts';
import { type AppliedPod, holds, parseCondition } from '../../src/cli/condition.ts';
import { podTable } from '../../src/cli/pod-table.ts';
import { composeEngine } from '../../src/compose/engine.ts';
import { elapsedText, objectText } from '../../src/engine/trace-text.ts';
import type { Engine, Step } from '../../src/engine/types.ts';
import { parseDuration } from '../../src/lib/duration.ts';

/** A command with its expected output, or lines that only tell. */
export type Part =
  | { readonly kind: 'text'; readonly lines: readonly string[] }
  | { readonly kind: 'command'; readonly command: string; readonly expected: readonly string[] };

export function parseScenario(text: string): readonly Part[] {
  const parts: Part[] = [];
  const lines = text.split('\n');
  for (let i = 0; i < lines.length; i++) {
    const line = lines[i] ?? '';
    if (line === '' || line.startsWith('#')) {
      parts.push({ kind: 'text', lines: [line] });
      continue;
    }
    const expected: string[] = [];
    if (lines[i + 1] === '----') {
      for (i += 2; i < lines.length && lines[i] !== ''; i++) expected.push(lines[i] ?? '');
      i--;
    }
    parts.push({ kind: 'command', command: line, expected });
  }
  return parts;
}

export function formatScenario(parts: readonly Part[]): string {
  const lines = parts.flatMap((part, index) => {
    if (part.kind === 'text') return part.lines;
    if (part.expected.length === 0) return [part.command];
    // An empty line ends the output; where the file has none yet, it gets one.
    const end = parts[index + 1]?.kind === 'command' ? [''] : [];
    return [part.command, '----', ...part.expected, ...end];
  });
  return lines.join('\n');
}

/** Stages whose moves are told without being asked for. */
const STAGES = ['mount', 'sandbox', 'pull', 'create', 'start', 'probe', 'hook', 'kill', 'event', 'log'];
const MANIFESTS = join(import.meta.dirname, '..', 'manifests');

export class Stage {
  readonly #engine: Engine;
  readonly #applied: AppliedPod[] = [];
  readonly #events: CoreEvent[] = [];
  readonly #startedAtMs: number;
  #show: readonly string[] = STAGES;
  #lines: string[] = [];

  private constructor(engine: Engine) {
    this.#engine = engine;
    this.#startedAtMs = engine.now();
    engine.listen({
      onStep: (step) => this.#onStep(step),
      onEvent: (event) => {
        this.#events.push(event);
        const about = event.involvedObject.fieldPath?.replace(/^.*\{(.+)\}$/, ' $1') ?? '';
        const object = `pod/${event.involvedObject.name}${about}`;
        this.#tell('event', object, `${event.type} ${event.reason}: ${event.message}`);
      },
      onLog: ({ containerName, line }) => this.#tell('log', containerName, line.text),
    });
    engine.start();
  }

  static async open(imageDirectory: string): Promise<Stage> {
    const options = { runtime: 'wasm', clock: 'virtual', seed: 1, nodeName: 'node-1' } as const;
    return new Stage(await composeEngine({ ...options, imageDirectory }));
  }

  close(): Promise<void> {
    return this.#engine.close();
  }

  /** What the command gives, line by line. */
  async play(command: string): Promise<readonly string[]> {
    this.#lines = [];
    const [verb = '', ...args] = command.split(' ');
    await this.#do(verb, args, command);
    // The stand-ins' sizes change with every build of theirs.
    return this.#lines.map((line) => line.trimEnd().replace(/Image size: \d+ bytes/, 'Image size: N bytes'));
  }

  async #do(verb: string, args: readonly string[], command: string): Promise<void> {
    const [first = '', second = ''] = args;
    switch (verb) {
      case 'apply':
        return this.#apply(first);
      case 'show':
        this.#show = args.length === 0 ? STAGES : args;
        return;
      case 'run':
        return first === 'for' ? this.#runFor(second) : this.#runUntil(second);
      case 'delete':
        return this.#engine.deletePod(this.#pod(first).metadata.namespace, first);
      case 'pods':
        this.#lines = podTable(this.#engine.pods(), this.#engine.now()).split('\n').slice(0, -1);
        return;
      case 'log':
        this.#lines = this.#engine.logs(this.#pod(first).metadata.uid, second).map(({ text }) => text);
        return;
      case 'get':
        return this.#get(first, Number(second), args[2] ?? '/');
      case 'containers': {
        const { initContainerStatuses = [], containerStatuses = [] } = this.#pod(first).status ?? {};
        this.#lines = [...initContainerStatuses, ...containerStatuses].map(containerLine);
        return;
      }
      default:
        throw new Error(`no such command: ${command}`);
    }
  }

  #apply(file: string): void {
    const { objects, errors } = loadManifests(readFileSync(join(MANIFESTS, file), 'utf8'), file);
    this.#lines = errors.map(({ line, column, message }) => `${line}:${column}: ${message}`);
    if (errors.length > 0) return;
    for (const { object } of objects) {
      const { kind, metadata } = this.#engine.apply(object);
      if (kind === 'Pod') this.#applied.push({ uid: String(metadata.uid), name: String(metadata.name) });
    }
  }

  async #runFor(duration: string): Promise<void> {
    const forMs = parseDuration(duration);
    if (forMs === undefined) throw new Error(`no duration: ${duration}`);
    await this.#engine.run({ forMs });
  }

  async #runUntil(text: string): Promise<void> {
    const condition = parseCondition(text);
    if (condition === undefined) throw new Error(`no condition: ${text}`);
    const view = () => ({ applied: this.#applied, pods: this.#engine.pods(), events: this.#events });
    const end = await this.#engine.run({ forMs: 600_000, until: () => holds(condition, view()) });
    if (end !== 'until') this.#lines.push(`${text} did not hold within 10m`);
  }

  /** Asks the pod's server as the kubelet's probes do; the answer takes a little of the run's time. */
  async #get(name: string, port: number, path: string): Promise<void> {
    const host = this.#pod(name).status?.podIP ?? '';
    const request = { scheme: 'HTTP', host, port, path, headers: [] } as const;
    const answer = this.#engine.runtime.network.httpGet(request, 1);
    await this.#engine.run({ forMs: 100 });
    const { statusCode, body } = await answer;
    this.#lines = [String(statusCode), ...body.trimEnd().split('\n')];
  }

  #pod(name: string) {
    const pod = this.#engine.pods().find(({ metadata }) => metadata.name === name);
    if (pod === undefined) throw new Error(`no pod ${name}`);
    return pod;
  }

  #onStep(step: Step): void {
    for (const { stage, object, machine, from, to } of step.quiet ? [] : step.entries) {
      if (from !== to) this.#tell(stage, objectText(object), `${machine} ${from} -> ${to}`);
    }
  }

  #tell(stage: string, object: string, text: string): void {
    if (!this.#show.includes(stage)) return;
    const elapsed = elapsedText(this.#engine.now() - this.#startedAtMs);
    this.#lines.push(`${elapsed.padEnd(10)} ${stage.padEnd(8)} ${object}: ${text}`);
  }
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
