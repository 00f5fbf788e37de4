/** The stage of a scenario: a node whose options can be set until the first thing happens on it. */
import type { CoreEvent, KubeObject, Pod } from '../../src/api/types.ts';
import type { AppliedPod } from '../../src/cli/condition.ts';
import { type ComposeOptions, composeEngine } from '../../src/compose/engine.ts';
import { elapsedText, machineText, objectText } from '../../src/engine/trace-text.ts';
import type { Engine, Step } from '../../src/engine/types.ts';
import { tell } from '../../src/messages/index.ts';
import { verbs } from './verbs.ts';

/** Stages whose moves are told without being asked for. */
const STAGES = ['mount', 'sandbox', 'pull', 'create', 'start', 'probe', 'hook', 'kill', 'event', 'log'];

/** What every node says of itself when it starts: told when it is asked for, as `node`. */
export const NODE_STARTS = /^(Starting|NodeAllocatableEnforced|NodeReady|NodeHas(Sufficient|NoDisk).*)$/;

/** A moment has to pass for an answer to come. */
const MOMENT_MS = 100;

export class Stage {
  readonly applied: AppliedPod[] = [];
  readonly events: CoreEvent[] = [];
  /** What the run is told to show; `why` adds each step's reason. */
  shown: readonly string[] = STAGES;
  /** What URLs answer: the network that the kubelet reads manifests over. */
  readonly pages = new Map<string, string>();
  /** The configuration file as it was written last. */
  nextConfig: ComposeOptions['config'];
  #options: ComposeOptions;
  #engine: Engine | undefined;
  #startedAtMs = 0;
  #lines: string[] = [];

  constructor(imageDirectory: string) {
    const fetchManifest: ComposeOptions['fetchManifest'] = async ({ url }) => {
      const body = this.pages.get(url);
      return body === undefined ? { statusCode: 404, body: '' } : { statusCode: 200, body };
    };
    const node = { runtime: 'wasm', clock: 'virtual', seed: 1, nodeName: 'node-1' } as const;
    this.#options = { ...node, imageDirectory, fetchManifest };
  }

  async close(): Promise<void> {
    await this.#engine?.close();
  }

  /** Changes the node before it starts; of what runs, only the configuration, for the kubelet's next start. */
  configure(options: Partial<ComposeOptions>): void {
    const { config, ...others } = options;
    this.nextConfig = config ?? this.nextConfig;
    if (this.#engine !== undefined && Object.keys(others).length === 0) return;
    if (this.#engine !== undefined) throw new Error('the kubelet runs already: say this first');
    this.#options = { ...this.#options, ...options };
  }

  /** The engine, with its kubelet started. */
  async engine(): Promise<Engine> {
    if (this.#engine === undefined) {
      this.#engine = await composeEngine(this.#options);
      this.#listen(this.#engine);
      this.#engine.start();
    }
    return this.#engine;
  }

  /** What the command gives, line by line. */
  async play(command: string, body: readonly string[]): Promise<readonly string[]> {
    this.#lines = [];
    const words = command.split(' ');
    // The longest verb that fits: `fail next` before `fail`.
    const found = [3, 2, 1]
      .map((n) => words.slice(0, n).join(' '))
      .find((verb) => Object.hasOwn(verbs, verb));
    const verb = found === undefined ? undefined : verbs[found];
    if (found === undefined || verb === undefined) throw new Error(`no such command: ${command}`);
    const args = words.slice(found.split(' ').length);
    const given = await verb(this, args, body);
    // The stand-ins' sizes change with every build of theirs.
    return [...this.#lines, ...(given ?? [])].map((line) =>
      line
        .trimEnd()
        .replace(/Image size: \d+ bytes/, 'Image size: N bytes')
        .replace(/\(freed [1-9]\d* bytes\)/, '(freed N bytes)'),
    );
  }

  async pod(name: string): Promise<Pod> {
    const pod = (await this.engine()).pods().find(({ metadata }) => metadata.name === name);
    if (pod === undefined) throw new Error(`no pod ${name}`);
    return pod;
  }

  /** `pod/web`, `node/node-1`, `configmap/settings`. */
  async object(reference: string): Promise<KubeObject> {
    const [kind = '', name = ''] = reference.split('/');
    const all = (await this.engine()).objects();
    const found = all.find(
      (object) => object.kind.toLowerCase() === kind.toLowerCase() && object.metadata.name === name,
    );
    if (found === undefined) throw new Error(`no ${reference}`);
    return found;
  }

  /** The newest container of this name in the pod. */
  async containerId(podName: string, container: string): Promise<string> {
    const { metadata, status } = await this.pod(podName);
    const all = [
      ...(status?.containerStatuses ?? []),
      ...(status?.initContainerStatuses ?? []),
      ...(status?.ephemeralContainerStatuses ?? []),
    ];
    const id = all.find(({ name }) => name === container)?.containerID;
    if (id === undefined) throw new Error(`no container ${container} in ${metadata.name}`);
    return id.slice(id.indexOf('://') + 3);
  }

  /** Waits for an answer while a moment of the run's time passes. */
  async answer<T>(asked: Promise<T>): Promise<T> {
    const engine = await this.engine();
    let over = false;
    const settled = asked.then(
      (value) => () => value,
      (error: unknown) => () => {
        throw error;
      },
    );
    void settled.then(() => {
      over = true;
    });
    for (let moments = 0; moments < 600 && !over; moments++) await engine.run({ forMs: MOMENT_MS });
    return (await settled)();
  }

  #listen(engine: Engine): void {
    this.#startedAtMs = engine.now();
    engine.listen({
      onStep: (step) => this.#onStep(step),
      onEvent: (event) => {
        this.events.push(event);
        const { kind = '', name, fieldPath } = event.involvedObject;
        const about = fieldPath?.replace(/^.*\{(.+)\}$/, ' $1') ?? '';
        const object = `${kind.toLowerCase()}/${name}${about}`;
        const stage = NODE_STARTS.test(event.reason ?? '') ? 'node' : 'event';
        this.#tell(stage, object, `${event.type} ${event.reason}: ${event.message}`);
      },
      onLog: ({ containerName, line }) => this.#tell('log', containerName, line.text),
    });
  }

  #onStep(step: Step): void {
    for (const entry of step.quiet ? [] : step.entries) {
      const { stage, object, from, to, event, why } = entry;
      const moved = from !== to;
      if (!moved && !this.shown.includes('notes')) continue;
      const reason = this.shown.includes('why') ? ` (${tell(why, 'en')})` : '';
      const what = `${machineText(entry)} ${moved ? `${from} -> ${to}` : event}`;
      this.#tell(stage, objectText(object), `${what}${reason}`);
    }
  }

  #tell(stage: string, object: string, text: string): void {
    if (!this.shown.includes(stage)) return;
    const engine = this.#engine;
    const elapsed = elapsedText((engine?.now() ?? 0) - this.#startedAtMs);
    this.#lines.push(`${elapsed.padEnd(10)} ${stage.padEnd(8)} ${object}: ${text}`);
  }
}

export const DEFAULT_STAGES = STAGES;
