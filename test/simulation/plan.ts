/** A random run: pods, what their programs do, what fails, and what people do meanwhile. */
import { defaultObject } from '../../src/api/defaulting/objects.ts';
import type { KubeObject } from '../../src/api/types.ts';
import type {
  CallRule,
  ContainerRule,
  FakeCall,
  FakeScript,
  Program,
  SandboxRule,
} from '../../src/runtime/fake/script.ts';
import type { RuntimeHealth } from '../../src/runtime/port.ts';
import type { Dice } from './dice.ts';

export type Action =
  | { readonly atMs: number; readonly do: 'apply'; readonly object: KubeObject }
  | {
      readonly atMs: number;
      readonly do: 'delete';
      readonly name: string;
      readonly graceSeconds: number | undefined;
    }
  | { readonly atMs: number; readonly do: 'api'; readonly reachable: boolean }
  | { readonly atMs: number; readonly do: 'runtime'; readonly health: RuntimeHealth }
  | { readonly atMs: number; readonly do: 'stopKubelet' | 'startKubelet' }
  | {
      readonly atMs: number;
      readonly do: 'behind';
      readonly what: 'killContainer' | 'removeContainer' | 'stopSandbox';
      /** Which of those there are then; from the end when negative. */
      readonly pick: number;
    };

export interface Plan {
  readonly script: FakeScript;
  /** By time. */
  readonly actions: readonly Action[];
}

const RUN_MS = 400_000;
/** Faults and troubles end here. */
export const PLAN_MS = 450_000;

export function drawPlan(dice: Dice): Plan {
  const names = dice.times(dice.whole(1, 3), (index) => `pod-${index}`);
  const pods = names.map((name) => drawPod(dice, name));
  const actions = [...pods.flatMap((object) => drawActions(dice, object)), ...drawTroubles(dice)];
  return {
    script: {
      containers: pods.flatMap((pod) => drawPrograms(dice, pod)),
      sandboxes: names.map((name) => drawSandbox(dice, name)),
      images: [
        { image: 'slow:*', pullMs: dice.whole(1000, 20_000) },
        {
          image: 'shy:*',
          pullFails: { code: 'Unavailable', message: 'the registry is away', reason: 'ErrImagePull' },
          pullFailsTimes: dice.whole(1, 3),
        },
      ],
      calls: dice.chance(0.7) ? drawFaults(dice) : [],
    },
    actions: actions.toSorted((a, b) => a.atMs - b.atMs),
  };
}

function drawPod(dice: Dice, name: string): KubeObject {
  const container = (kind: string) => (index: number) => ({
    name: `${kind}-${index}`,
    image: `${dice.oneOf(['web', 'web', 'slow', 'shy'])}:1`,
    ...(kind === 'app' ? drawProbes(dice) : {}),
    ...(kind === 'app' && dice.chance(0.2)
      ? { lifecycle: { preStop: { exec: { command: ['drain'] } } } }
      : {}),
    ...(kind === 'app' && dice.chance(0.5) ? { volumeMounts: [{ name: 'cache', mountPath: '/cache' }] } : {}),
  });
  const inits = dice.times(dice.whole(0, 2), container('init')).map((init) => ({
    ...init,
    ...(dice.chance(0.3) ? { restartPolicy: 'Always' } : {}),
  }));
  return defaultObject({
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: { name, namespace: 'default' },
    spec: {
      restartPolicy: dice.oneOf(['Always', 'Always', 'OnFailure', 'Never']),
      terminationGracePeriodSeconds: dice.whole(0, 20),
      ...(inits.length > 0 ? { initContainers: inits } : {}),
      containers: dice.times(dice.whole(1, 3), container('app')),
      volumes: [{ name: 'cache', emptyDir: {} }],
    },
  });
}

function drawProbes(dice: Dice): object {
  const probe = () => ({
    ...dice.oneOf<object>([
      { exec: { command: ['check'] } },
      { httpGet: { path: '/', port: 80 } },
      { tcpSocket: { port: 80 } },
    ]),
    periodSeconds: dice.whole(1, 10),
    failureThreshold: dice.whole(1, 3),
    timeoutSeconds: dice.whole(1, 3),
    initialDelaySeconds: dice.whole(0, 5),
  });
  return {
    ...(dice.chance(0.3) ? { livenessProbe: probe() } : {}),
    ...(dice.chance(0.4) ? { readinessProbe: probe() } : {}),
    ...(dice.chance(0.2) ? { startupProbe: probe() } : {}),
  };
}

type Spec = { containers: readonly { name: string }[]; initContainers?: readonly { name: string }[] };

function drawPrograms(dice: Dice, pod: KubeObject): ContainerRule[] {
  const { containers, initContainers = [] } = pod.spec as Spec;
  return [...initContainers, ...containers].flatMap(({ name }): ContainerRule[] => {
    const match = { pod: String(pod.metadata.name), container: name };
    const early = { match: { ...match, attempt: { from: 0, to: dice.whole(0, 2) } } };
    const isInit = name.startsWith('init');
    const later: ContainerRule = { match, program: drawProgram(dice, isInit) };
    if (dice.chance(0.1)) {
      const startFails = { code: 'Unknown', message: 'exec: "app": executable file not found' } as const;
      return [{ ...early, startFails }, later];
    }
    return dice.chance(0.4) ? [{ ...early, program: drawProgram(dice, isInit) }, later] : [later];
  });
}

function drawProgram(dice: Dice, isInit: boolean): Program {
  const ends = isInit ? dice.chance(0.9) : dice.chance(0.5);
  const goodUntilMs = dice.whole(5000, 300_000);
  return {
    ...(ends
      ? { exit: { afterMs: dice.whole(0, isInit ? 5000 : 100_000), code: dice.oneOf([0, 0, 1, 137]) } }
      : {}),
    onStopSignal: dice.oneOf<NonNullable<Program['onStopSignal']>>([
      'ignore',
      { afterMs: 0, code: 0 },
      { afterMs: dice.whole(100, 8000), code: 143 },
    ]),
    exec: [
      { command: 'check', untilMs: goodUntilMs, takesMs: dice.whole(0, 1500) },
      { command: 'check', exitCode: 1 },
      { command: 'drain', takesMs: dice.whole(0, 10_000) },
    ],
    ports: [{ port: 80, untilMs: goodUntilMs, statusCode: 200, takesMs: dice.whole(0, 1500) }],
  };
}

function drawSandbox(dice: Dice, pod: string): SandboxRule {
  return {
    match: { pod, attempt: 0 },
    takesMs: dice.whole(0, 3000),
    ...(dice.chance(0.3) ? { diesAfterMs: dice.whole(1000, 200_000) } : {}),
  };
}

function drawFaults(dice: Dice): CallRule[] {
  const calls: readonly [FakeCall, ...FakeCall[]] = [
    'runPodSandbox',
    'stopPodSandbox',
    'removePodSandbox',
    'createContainer',
    'startContainer',
    'stopContainer',
    'removeContainer',
    'execSync',
    'pullImage',
    'imageStatus',
    'listContainers',
    'listPodSandbox',
  ];
  return dice.times(dice.whole(1, 4), () => ({
    call: dice.oneOf(calls),
    chance: dice.whole(5, 40) / 100,
    ...(dice.chance(0.5) ? { delayMs: dice.whole(1, 5000) } : {}),
    ...(dice.chance(0.8) ? { fail: { code: 'Unavailable', message: 'the runtime does not answer' } } : {}),
    workIsDone: dice.chance(0.3),
    untilMs: PLAN_MS,
  }));
}

function drawActions(dice: Dice, object: KubeObject): Action[] {
  const name = String(object.metadata.name);
  const appliedAtMs = dice.whole(0, 20_000);
  const actions: Action[] = [{ atMs: appliedAtMs, do: 'apply', object }];
  if (dice.chance(0.3)) {
    const atMs = appliedAtMs + dice.whole(1, RUN_MS / 2);
    actions.push({ atMs, do: 'apply', object: withOtherImage(object) });
  }
  if (dice.chance(0.6)) {
    const graceSeconds = dice.chance(0.3) ? dice.whole(0, 5) : undefined;
    actions.push({ atMs: appliedAtMs + dice.whole(1, RUN_MS), do: 'delete', name, graceSeconds });
  }
  return actions;
}

/** A network that is cut, a runtime that is away, a kubelet that starts anew, somebody who works on the node by hand. */
function drawTroubles(dice: Dice): Action[] {
  const actions: Action[] = [];
  if (dice.chance(0.3)) {
    const atMs = dice.whole(0, RUN_MS);
    actions.push({ atMs, do: 'api', reachable: false });
    actions.push({ atMs: atMs + dice.whole(1, 60_000), do: 'api', reachable: true });
  }
  if (dice.chance(0.3)) {
    const atMs = dice.whole(0, RUN_MS);
    actions.push({ atMs, do: 'runtime', health: dice.oneOf<RuntimeHealth>(['down', 'hanging']) });
    actions.push({ atMs: atMs + dice.whole(1, 60_000), do: 'runtime', health: 'up' });
  }
  for (let times = dice.whole(0, 2); times > 0; times--) {
    const atMs = dice.whole(0, RUN_MS);
    const awayMs = dice.oneOf([0, 1, 900, 30_000]);
    actions.push({ atMs, do: 'stopKubelet' }, { atMs: atMs + awayMs, do: 'startKubelet' });
  }
  for (let times = dice.whole(0, 3); times > 0; times--) {
    const what = dice.oneOf<Extract<Action, { do: 'behind' }>['what']>([
      'killContainer',
      'removeContainer',
      'stopSandbox',
    ]);
    actions.push({ atMs: dice.whole(0, RUN_MS), do: 'behind', what, pick: dice.whole(-3, 2) });
  }
  return actions;
}

function withOtherImage(object: KubeObject): KubeObject {
  const spec = object.spec as { containers: readonly object[] };
  const containers = spec.containers.map((container, index) =>
    index === 0 ? { ...container, image: 'web:2' } : container,
  );
  return { ...object, spec: { ...spec, containers } };
}
