/** pod-phase.json: the phase that container statuses add up to. */
import type { ContainerStatusApi } from '../../../src/api/types.ts';
import { getPhase } from '../../../src/kubelet/status/phase.ts';
import { container, pod, type ShortContainer } from '../../kubelet/fixtures.ts';
import type { VectorAdapter, VectorCase } from '../adapter.ts';

interface Input {
  readonly restartPolicy: 'Always' | 'OnFailure' | 'Never';
  readonly initContainers: readonly ShortContainer[];
  readonly containers: readonly ShortContainer[];
  readonly containerStatuses: readonly {
    readonly name: string;
    readonly state: 'running' | 'waiting' | 'terminated';
    readonly reason?: string;
    readonly exitCode?: number;
    readonly started?: boolean;
    readonly lastTerminated?: { readonly exitCode: number; readonly reason?: string };
  }[];
  readonly podIsTerminal: boolean;
  readonly podHasInitialized: boolean;
}

function status(short: Input['containerStatuses'][number]): ContainerStatusApi {
  const states = {
    running: { running: {} },
    waiting: { waiting: { ...(short.reason ? { reason: short.reason } : {}) } },
    terminated: { terminated: { exitCode: short.exitCode ?? 0 } },
  };
  return {
    name: short.name,
    image: '',
    imageID: '',
    ready: false,
    restartCount: 0,
    state: states[short.state],
    ...(short.started === undefined ? {} : { started: short.started }),
    ...(short.lastTerminated ? { lastState: { terminated: { ...short.lastTerminated } } } : {}),
  };
}

function phase({ input }: VectorCase<Input>) {
  return {
    phase: getPhase({
      pod: pod({
        restartPolicy: input.restartPolicy,
        initContainers: input.initContainers.map(container),
        containers: input.containers.map(container),
      }),
      statuses: input.containerStatuses.map(status),
      podIsTerminal: input.podIsTerminal,
      podHasInitialized: input.podHasInitialized,
    }),
  };
}

export default { groups: { '': phase } } satisfies VectorAdapter;
