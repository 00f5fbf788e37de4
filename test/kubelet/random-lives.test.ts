import { expect, test } from 'vitest';
import type { Container, LifecycleHook, Pod, Probe } from '../../src/api/types.ts';
import { nextFloat, type RandomState, seedRandom } from '../../src/lib/random.ts';
import { podOf, World } from './world.ts';

/** Draws from a seed. */
class Dice {
  #state: RandomState;
  constructor(seed: number) {
    this.#state = seedRandom(seed);
  }
  upTo(limit: number): number {
    const [value, state] = nextFloat(this.#state);
    this.#state = state;
    return value * limit;
  }
  chance(share: number): boolean {
    return this.upTo(1) < share;
  }
  oneOf<T>(values: readonly T[]): T {
    const value = values[Math.floor(this.upTo(values.length))];
    if (value === undefined) throw new Error('nothing to choose from');
    return value;
  }
}

function container(dice: Dice, name: string): Container {
  const handler = dice.oneOf<Pick<Probe, 'exec' | 'httpGet' | 'tcpSocket'>>([
    { exec: { command: ['check'] } },
    { httpGet: { port: 80, path: '/' } },
    { tcpSocket: { port: 80 } },
  ]);
  const probe = () =>
    dice.chance(0.4) ? { ...handler, periodSeconds: 1 + Math.floor(dice.upTo(10)) } : undefined;
  const hook = () =>
    dice.chance(0.3)
      ? dice.oneOf<LifecycleHook>([
          { exec: { command: ['hook'] } },
          { sleep: { seconds: 3 } },
          { httpGet: { port: 80 } },
        ])
      : undefined;
  const [livenessProbe, readinessProbe, startupProbe] = [probe(), probe(), probe()];
  const [postStart, preStop] = [hook(), hook()];
  return {
    name,
    image: `image:${Math.floor(dice.upTo(4))}`,
    imagePullPolicy: dice.oneOf(['IfNotPresent', 'Always']),
    ...(livenessProbe ? { livenessProbe } : {}),
    ...(readinessProbe ? { readinessProbe } : {}),
    ...(startupProbe ? { startupProbe } : {}),
    lifecycle: { ...(postStart ? { postStart } : {}), ...(preStop ? { preStop } : {}) },
    volumeMounts: [{ name: 'data', mountPath: '/data' }],
  };
}

function randomPod(dice: Dice, n: number): Pod {
  const sidecar: Container[] = dice.chance(0.5)
    ? [{ ...container(dice, `s${n}`), restartPolicy: 'Always' }]
    : [];
  const {
    livenessProbe: _l,
    readinessProbe: _r,
    startupProbe: _s,
    lifecycle: _h,
    ...plain
  } = container(dice, `i${n}`);
  const init = dice.chance(0.5) ? [plain] : [];
  return podOf(
    {
      restartPolicy: dice.oneOf(['Always', 'OnFailure', 'Never']),
      terminationGracePeriodSeconds: Math.floor(dice.upTo(40)),
      initContainers: dice.chance(0.5) ? [...init, ...sidecar] : [...sidecar, ...init],
      containers: [container(dice, `a${n}`), ...(dice.chance(0.5) ? [container(dice, `b${n}`)] : [])],
      volumes: [{ name: 'data', emptyDir: {} }],
    },
    { uid: `uid-${n}`, name: `pod-${n}` },
  );
}

function chaoticWorld(dice: Dice): World {
  const world = new World();
  world.tookMs = ({ type }) => (/relist|patch|Timer/.test(type) ? 0 : Math.floor(dice.upTo(2_000)));
  world.intercept = ({ type }) => {
    if (/Timer|recordEvent/.test(type) || !dice.chance(0.1)) return undefined;
    if (type === 'execSync') {
      return { type: 'exec', response: { stdout: '', stderr: 'no', exitCode: 1 } };
    }
    return { code: dice.oneOf(['Unknown', 'DeadlineExceeded', 'NotFound']), message: `${type} failed` };
  };
  for (let n = 0; n < 6; n += 1) {
    for (const kind of ['a', 'b', 'i', 's']) {
      const ends = kind === 'i' || dice.chance(0.5);
      world.programs.set(`${kind}${n}`, () => ({
        ...(ends ? { runsMs: Math.floor(dice.upTo(60_000)), exitCode: dice.chance(0.6) ? 0 : 1 } : {}),
        ...(dice.chance(0.8) ? { stopsAfterMs: Math.floor(dice.upTo(20_000)) } : {}),
      }));
    }
  }
  return world;
}

test.each(Array.from({ length: 8 }, (_, index) => index + 1))(
  'seed %d: pods come, fail, change and go; nothing contradicts itself, and nothing is left',
  (seed) => {
    const dice = new Dice(seed);
    const world = chaoticWorld(dice);
    const pods = Array.from({ length: 6 }, (_, n) => randomPod(dice, n));
    for (const pod of pods) {
      world.apply(pod);
      world.run(dice.upTo(20_000));
    }
    for (let round = 0; round < 12; round += 1) {
      world.run(dice.upTo(60_000));
      const pod = pods[Math.floor(dice.upTo(pods.length))];
      if (pod === undefined || !world.pods.has(pod.metadata.uid)) continue;
      const known = world.pods.get(pod.metadata.uid) ?? pod;
      if (dice.chance(0.2)) world.killSandbox();
      else if (dice.chance(0.4)) {
        const [first, ...rest] = known.spec.containers;
        const changed = first === undefined ? [] : [{ ...first, image: `image:${round}` }];
        world.apply({ ...known, spec: { ...known.spec, containers: [...changed, ...rest] } });
      } else world.delete(pod.metadata.uid, Math.floor(dice.upTo(40)));
    }
    for (const uid of [...world.pods.keys()]) world.delete(uid, 5);
    world.run(3_600_000);
    const left = [world.pods.size, world.boxes.size, world.sandboxes.size, world.podsWithMachines];
    expect(left).toEqual([0, 0, 0, []]);
    expect(Object.keys(world.state.workers)).toEqual([]);
    expect(world.state.images.queue).toEqual({ waiting: [], active: [] });
  },
);
