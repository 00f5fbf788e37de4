/** Random pods in a random world, from a seed: what the chaos test throws at the kubelet. */
import type { Container } from '../../src/api/types.ts';
import { nextFloat, seedRandom } from '../../src/lib/random.ts';
import type { Effect } from '../../src/machines/effects.ts';
import { type Answer, type Program, podOf, World } from './world.ts';

/** Draws from the seed. */
class Dice {
  #random;

  constructor(seed: number) {
    this.#random = seedRandom(seed);
  }

  chance(probability: number): boolean {
    const [value, after] = nextFloat(this.#random);
    this.#random = after;
    return value < probability;
  }

  pick<T>(from: readonly T[]): T {
    const [value, after] = nextFloat(this.#random);
    this.#random = after;
    return from[Math.floor(value * from.length)] as T;
  }
}

type Kind = 'init' | 'sidecar' | 'regular';

export class Chaos {
  readonly world = new World();
  readonly #dice: Dice;
  readonly #names: string[] = [];
  #failRate: number;

  constructor(seed: number) {
    this.#dice = new Dice(seed);
    this.#failRate = this.#dice.pick([0, 0, 0.02, 0.1, 0.3]);
    this.world.tookMs = (effect) => this.#tookMs(effect);
    this.world.intercept = (effect) => this.#fault(effect);
    const pods = this.#dice.pick([1, 1, 2, 3]);
    for (let pod = 0; pod < pods; pod++) this.#addPod(pod);
  }

  /** Some time, and something that happens in it: an exit, a sandbox that dies, a deletion, a new kubelet. */
  step(): void {
    const dice = this.#dice;
    this.world.run(dice.pick([100, 1_000, 5_000, 20_000]));
    const what = dice.pick([
      'exit',
      'exit',
      'sandbox',
      'delete',
      'restart',
      ...Array<string>(12).fill('nothing'),
    ]);
    if (what === 'restart') this.world.restart();
    if (what === 'exit') this.world.exit(dice.pick(this.#names), dice.pick([0, 1, 42]));
    if (what === 'sandbox') this.world.killSandbox();
    if (what === 'delete') {
      const uid = dice.pick([...this.world.pods.keys()]);
      if (uid !== undefined) this.world.delete(uid, dice.pick([undefined, 0, 1, 10]));
    }
  }

  /** Faults stop, everything is deleted, and there is time enough for it. */
  end(): void {
    this.#failRate = 0;
    for (const uid of this.world.pods.keys()) this.world.delete(uid);
    this.world.run(400_000);
  }

  #addPod(index: number): void {
    const dice = this.#dice;
    const initContainers = Array.from({ length: dice.pick([0, 0, 1, 2, 3]) }, (_, number) =>
      this.#container(`i${index}${number}`, dice.pick(['init', 'sidecar'])),
    );
    const containers = Array.from({ length: dice.pick([1, 2]) }, (_, number) =>
      this.#container(`c${index}${number}`, 'regular'),
    );
    const spec = {
      restartPolicy: dice.pick(['Always', 'OnFailure', 'Never'] as const),
      terminationGracePeriodSeconds: dice.pick([0, 1, 5, 30]),
      volumes: [{ name: 'v', emptyDir: {} }],
      initContainers,
      containers,
    };
    this.world.apply(podOf(spec, { uid: `uid-${index}`, name: `pod-${index}` }));
  }

  #container(name: string, kind: Kind): Container {
    const dice = this.#dice;
    this.#names.push(name);
    this.world.programs.set(name, () => this.#program(kind));
    const probed = (probability: number) => kind !== 'init' && dice.chance(probability);
    const hook = { exec: { command: ['hook'] } };
    const rules = dice.chance(0.1)
      ? [
          {
            action: dice.pick(['Restart', 'RestartAllContainers']),
            exitCodes: { operator: 'In', values: [1, 42] },
          },
        ]
      : undefined;
    return {
      name,
      image: dice.pick(['a:1', 'b:1', 'c']),
      imagePullPolicy: dice.pick(['Always', 'IfNotPresent', 'IfNotPresent', 'Never'] as const),
      ...(kind === 'sidecar' ? { restartPolicy: 'Always' } : {}),
      ...(rules && kind === 'regular' ? { restartPolicy: 'Never', restartPolicyRules: rules } : {}),
      ...(probed(0.4) ? { livenessProbe: this.#probe() } : {}),
      ...(probed(0.4) ? { readinessProbe: this.#probe() } : {}),
      ...(probed(0.3) ? { startupProbe: this.#probe() } : {}),
      ...(probed(0.2)
        ? { lifecycle: { preStop: hook, ...(dice.chance(0.5) ? { postStart: hook } : {}) } }
        : {}),
      ...(dice.chance(0.3) ? { volumeMounts: [{ name: 'v', mountPath: '/v' }] } : {}),
    };
  }

  #probe() {
    return {
      exec: { command: ['probe'] },
      periodSeconds: this.#dice.pick([1, 5, 10]),
      failureThreshold: this.#dice.pick([1, 3]),
    };
  }

  #program(kind: Kind): Program {
    const dice = this.#dice;
    const exitCode = dice.pick([0, 0, 1, 42]);
    if (kind === 'init') return { runsMs: dice.pick([0, 100, 3_000]), exitCode, stopsAfterMs: 100 };
    if (dice.chance(0.4)) return { runsMs: dice.pick([0, 500, 10_000]), exitCode, stopsAfterMs: 50 };
    return dice.pick([{ stopsAfterMs: 0 }, { stopsAfterMs: 1_000 }, {}]);
  }

  #tookMs({ type }: Effect): number {
    if (type === 'pullImage') return this.#dice.pick([0, 100, 5_000]);
    return type === 'execSync' ? this.#dice.pick([0, 0, 500, 3_000]) : this.#dice.pick([0, 0, 50]);
  }

  #fault({ type }: Effect): Answer | undefined {
    if (this.#dice.chance(this.#failRate)) {
      return { code: this.#dice.pick(['Unknown', 'DeadlineExceeded', 'Unavailable']), message: 'fault' };
    }
    if (type !== 'execSync') return undefined;
    const exitCode = this.#dice.chance(0.2) ? 1 : 0;
    return { type: 'exec', response: { stdout: '', stderr: '', exitCode } };
  }
}
