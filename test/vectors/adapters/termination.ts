/** termination.json: grace periods, hooks and the order of stopping. */
import type { Container, LifecycleHook, Pod } from '../../../src/api/types.ts';
import type { KillReason } from '../../../src/kubelet/pod-actions/types.ts';
import {
  containerGracePeriodSeconds,
  planKill,
  podGracePeriod,
  stopTimeoutSeconds,
} from '../../../src/kubelet/termination/grace.ts';
import { hookRequest, postStartFailed, preStopFailed } from '../../../src/kubelet/termination/hooks.ts';
import { stopPrerequisites, turnTimesMs } from '../../../src/kubelet/termination/order.ts';
import { container, pod, type ShortContainer } from '../../kubelet/fixtures.ts';
import type { VectorAdapter, VectorCase } from '../adapter.ts';
import { asked } from '../asked.ts';

interface PodGrace {
  readonly currentGracePeriodSeconds: number;
  readonly specTerminationGracePeriodSeconds: number | null;
  readonly deletionGracePeriodSeconds: number | null;
  readonly overrideSeconds: number | null;
}

function podGrace({ input, expected }: VectorCase<PodGrace, object>) {
  const settled = podGracePeriod({
    currentSeconds: input.currentGracePeriodSeconds,
    specSeconds: input.specTerminationGracePeriodSeconds ?? undefined,
    deletionSeconds: input.deletionGracePeriodSeconds ?? undefined,
    overrideSeconds: input.overrideSeconds ?? undefined,
  });
  return asked(settled, expected);
}

interface ContainerGrace {
  readonly podTerminationGracePeriodSeconds: number | null;
  readonly podDeletionGracePeriodSeconds: number | null;
  readonly livenessProbeTerminationGracePeriodSeconds: number | null;
  readonly startupProbeTerminationGracePeriodSeconds: number | null;
  readonly killReason: KillReason;
}

function withGrace(termination: number | null | undefined, deletion: number | null | undefined): Pod {
  return pod(
    termination === null || termination === undefined ? {} : { terminationGracePeriodSeconds: termination },
    deletion === null || deletion === undefined ? {} : { deletionGracePeriodSeconds: deletion },
  );
}

const probe = (seconds: number | null) =>
  seconds === null ? {} : { terminationGracePeriodSeconds: seconds };

function containerGrace({ input }: VectorCase<ContainerGrace>) {
  const killed: Container = {
    name: 'app',
    livenessProbe: probe(input.livenessProbeTerminationGracePeriodSeconds),
    startupProbe: probe(input.startupProbeTerminationGracePeriodSeconds),
  };
  const desired = withGrace(input.podTerminationGracePeriodSeconds, input.podDeletionGracePeriodSeconds);
  return { gracePeriodSeconds: containerGracePeriodSeconds(desired, killed, input.killReason) };
}

interface Kill {
  readonly gracePeriodSeconds: number;
  readonly preStopSeconds: number;
  readonly preStopError?: boolean;
  readonly orderingWaitSeconds: number | null;
}

const HOOKED: Container = { name: 'app', lifecycle: { preStop: { exec: { command: ['true'] } } } };

function killContainer({ input, expected }: VectorCase<Kill, object>) {
  const plan = planKill(HOOKED, input.gracePeriodSeconds);
  const preStopSeconds = plan.runPreStop ? Math.min(input.preStopSeconds, plan.preStopLimitSeconds) : 0;
  const waitSeconds = input.gracePeriodSeconds > 0 ? (input.orderingWaitSeconds ?? 0) : 0;
  const told = {
    preStopRun: plan.runPreStop,
    stopCalledAfterSeconds: preStopSeconds + waitSeconds,
    event: input.preStopError ? preStopFailed() : undefined,
    stopTimeoutSeconds: stopTimeoutSeconds({
      graceSeconds: input.gracePeriodSeconds,
      preStopMs: preStopSeconds * 1000,
      orderingWaitMs: waitSeconds * 1000,
    }),
  };
  return asked(told, expected);
}

interface Hook {
  readonly hook: string;
  readonly hookError?: boolean;
  readonly gracePeriodOverrideSeconds?: number;
  readonly podTerminationGracePeriodSeconds?: number;
  readonly podDeletionGracePeriodSeconds?: number;
}

const HANDLERS: Readonly<Record<string, LifecycleHook>> = {
  exec: { exec: { command: ['true'] } },
  httpGet: { httpGet: { port: 80 } },
  sleep: { sleep: { seconds: 1 } },
};

function lifecycleHooks({ input, expected }: VectorCase<Hook, object>) {
  const handler = HANDLERS[input.hook.split(' ')[1] ?? 'exec'] ?? {};
  const hooked: Container = { name: 'app', lifecycle: { preStop: handler, postStart: handler } };
  const runnable = hookRequest(handler, hooked, '10.0.0.1', 'web_default(uid-1)').kind !== 'invalid';
  const desired = withGrace(input.podTerminationGracePeriodSeconds, input.podDeletionGracePeriodSeconds);
  if (input.hook.startsWith('preStop')) {
    const grace = input.gracePeriodOverrideSeconds ?? containerGracePeriodSeconds(desired, hooked, '');
    return { hookRun: runnable && planKill(hooked, grace).runPreStop };
  }
  if (!input.hookError) return asked({ hookRun: runnable, error: null }, expected);
  const failure = postStartFailed('test error');
  const grace = containerGracePeriodSeconds(withGrace(30, undefined), hooked, failure.kill.reason);
  return {
    event: failure.event,
    containerKilled: true,
    killReason: failure.kill.reason,
    killMessage: failure.kill.message,
    waitingReason: failure.error.reason,
    usesPodTerminationGracePeriod: grace === 30,
    preStopRunDuringKill: planKill(hooked, grace).runPreStop,
  };
}

interface Order {
  readonly initContainers: readonly ShortContainer[];
  readonly containers: readonly string[];
  readonly running: readonly string[];
  readonly graceSeconds?: number;
  readonly secondsEachTakesToExit?: number;
}

function terminationOrder({ input, expected }: VectorCase<Order, object>) {
  const desired = pod({
    initContainers: input.initContainers.map(container),
    containers: input.containers.map((name) => ({ name })),
  });
  const prerequisites = stopPrerequisites(desired, new Set(input.running));
  const turns = turnTimesMs(
    prerequisites,
    input.graceSeconds ?? 30,
    (input.secondsEachTakesToExit ?? 0) * 1000,
  );
  return asked(
    {
      prerequisites,
      waitsFor: prerequisites,
      waitSecondsTruncated: Object.fromEntries(
        Object.entries(turns).map(([name, ms]) => [name, Math.trunc(ms / 1000)]),
      ),
    },
    expected,
  );
}

export default {
  groups: {
    podGracePeriod: podGrace,
    containerGracePeriod: containerGrace,
    killContainer,
    lifecycleHooks,
    terminationOrder,
  },
} satisfies VectorAdapter;
