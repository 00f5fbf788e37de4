/**
 * The container machine: one container of one pod, from waiting through running to terminated and, under
 * back-off, round again. Top states and the names under `waiting` and `terminated` are those of the pod's
 * status; `creating`, `created` and `starting` are CRI's. It advances on what was observed.
 * Follows pkg/kubelet/kuberuntime/kuberuntime_container.go startContainer and killContainer.
 */
import { assign, setup } from 'xstate';
import { invariant } from '../lib/assert.ts';
import type { ContainerEvent, Hook } from './container-events.ts';
import { type ParamsOf, verbs } from './verbs.ts';

export interface ContainerContext {
  /** The newest record in the runtime; empty while there is none. */
  readonly containerId: string;
  readonly backOffMs: number;
  /** How long a hook may run: what the grace period allows, or a sleep hook's own length. */
  readonly hookMs: number;
  /** How long a sidecar may wait for its turn to be stopped. */
  readonly turnMs: number;
}

/** The `execSync` of an exec hook; only reached behind the guard `hookIsExec`. */
function execOf(hook: Hook, kind: 'postStart' | 'preStop'): ParamsOf<'execSync'> {
  invariant(hook.kind === 'exec', 'only exec hooks run a command');
  const { containerId, command, timeoutSeconds } = hook;
  return { containerId, command, timeoutSeconds, purpose: { kind } };
}

/** The `httpGet` of an HTTP hook; only reached behind the guard `hookIsHttp`. */
function httpOf(hook: Hook): ParamsOf<'httpGet'> {
  invariant(hook.kind === 'httpGet', 'only HTTP hooks send a request');
  return { request: hook.request, timeoutSeconds: hook.timeoutSeconds };
}

/** The one way a stop is asked for, from whatever state. */
const stopContainer = {
  type: 'stopContainer',
  params: ({ event }: { event: Extract<ContainerEvent, { timeoutSeconds: number }> }) => ({
    containerId: event.containerId,
    timeoutSeconds: event.timeoutSeconds,
  }),
} as const;

export const containerMachine = setup({
  types: { context: {} as ContainerContext, events: {} as ContainerEvent },
  actions: {
    createContainer: verbs.createContainer,
    startContainer: verbs.startContainer,
    updateContainerResources: verbs.updateContainerResources,
    stopContainer: verbs.stopContainer,
    removeContainer: verbs.removeContainer,
    reopenContainerLog: verbs.reopenContainerLog,
    execSync: verbs.execSync,
    httpGet: verbs.httpGet,
    keepId: assign({
      containerId: ({ context, event }) => ('containerId' in event ? event.containerId : context.containerId),
    }),
    keepBackOff: assign({
      backOffMs: ({ context, event }) => ('backOffMs' in event ? event.backOffMs : context.backOffMs),
    }),
    keepTurn: assign({
      turnMs: ({ context, event }) => ('turnMs' in event ? event.turnMs : context.turnMs),
    }),
    keepHook: assign({
      hookMs: ({ context, event }) => ('hookMs' in event ? event.hookMs : context.hookMs),
    }),
  },
  guards: {
    wasOomKilled: ({ event }) => 'reason' in event && event.reason === 'OOMKilled',
    completed: ({ event }) => 'exitCode' in event && event.exitCode === 0,
    startupPending: ({ event }) => 'startupPending' in event && event.startupPending,
    failedWith: ({ event }, params: { reason: string }) =>
      'reason' in event && event.reason === params.reason,
    signalIsKill: ({ event }) => 'signal' in event && event.signal === 'SIGKILL',
    hookIsExec: ({ event }) => 'hook' in event && event.hook.kind === 'exec',
    hookIsHttp: ({ event }) => 'hook' in event && event.hook.kind === 'httpGet',
  },
  delays: {
    backOff: ({ context }) => context.backOffMs,
    hook: ({ context }) => context.hookMs,
    turn: ({ context }) => context.turnMs,
  },
}).createMachine({
  id: 'container',
  context: { containerId: '', backOffMs: 0, hookMs: 0, turnMs: 0 },
  initial: 'waiting',
  on: {
    CreateContainer: {
      target: '.creating',
      actions: {
        type: 'createContainer',
        params: ({ event }) => ({
          sandboxId: event.sandboxId,
          config: event.config,
          sandboxConfig: event.sandboxConfig,
        }),
      },
    },
    BackOff: { target: '.waiting.CrashLoopBackOff', actions: 'keepBackOff' },
    StartFailed: [
      {
        guard: { type: 'failedWith', params: { reason: 'PostStartHookError' } },
        target: '.waiting.PostStartHookError',
      },
      {
        guard: { type: 'failedWith', params: { reason: 'ImagePullBackOff' } },
        target: '.waiting.ImagePullBackOff',
      },
      {
        guard: { type: 'failedWith', params: { reason: 'ErrImageNeverPull' } },
        target: '.waiting.ErrImageNeverPull',
      },
      {
        guard: { type: 'failedWith', params: { reason: 'InvalidImageName' } },
        target: '.waiting.InvalidImageName',
      },
      {
        guard: { type: 'failedWith', params: { reason: 'ImageInspectError' } },
        target: '.waiting.ImageInspectError',
      },
      {
        guard: { type: 'failedWith', params: { reason: 'CreateContainerConfigError' } },
        target: '.waiting.CreateContainerConfigError',
      },
      {
        guard: { type: 'failedWith', params: { reason: 'CreateContainerError' } },
        target: '.waiting.CreateContainerError',
      },
      {
        guard: { type: 'failedWith', params: { reason: 'RunContainerError' } },
        target: '.waiting.RunContainerError',
      },
      // ErrImagePull, and what the runtime calls RegistryUnavailable or SignatureValidationFailed.
      { target: '.waiting.ErrImagePull' },
    ],
    ContainerDied: [
      { guard: 'wasOomKilled', target: '.terminated.OOMKilled', actions: 'keepId' },
      { guard: 'completed', target: '.terminated.Completed', actions: 'keepId' },
      { target: '.terminated.Error', actions: 'keepId' },
    ],
    // The record vanished although nobody removed it.
    ContainerRemoved: { target: '.terminated.ContainerStatusUnknown' },
    // The log manager's word: the log is written to a new file.
    ReopenContainerLog: {
      actions: { type: 'reopenContainerLog', params: ({ event }) => ({ containerId: event.containerId }) },
    },
    // The garbage collector's word on an older record: it moves nothing here.
    RemoveContainer: {
      actions: { type: 'removeContainer', params: ({ event }) => ({ containerId: event.containerId }) },
    },
  },
  states: {
    waiting: {
      initial: 'ContainerCreating',
      on: {
        ContainerRemoved: undefined,
        // Found by PLEG although this kubelet did not start it.
        ContainerStarted: [
          { guard: 'startupPending', target: 'running.notStarted', actions: 'keepId' },
          { target: 'running.started', actions: 'keepId' },
        ],
      },
      states: {
        ContainerCreating: { on: { AwaitInitContainers: 'PodInitializing' } },
        PodInitializing: { on: { PodInitialized: 'ContainerCreating' } },
        ErrImagePull: {},
        ImagePullBackOff: {},
        ErrImageNeverPull: {},
        InvalidImageName: {},
        ImageInspectError: {},
        CreateContainerConfigError: {},
        CreateContainerError: {},
        RunContainerError: {},
        PostStartHookError: {},
        CrashLoopBackOff: { on: { BackOff: undefined }, after: { backOff: 'BackOffOver' } },
        BackOffOver: {},
      },
    },
    creating: {
      on: {
        CreateContainer: undefined,
        BackOff: undefined,
        ContainerCreated: { target: 'created', actions: 'keepId' },
      },
    },
    created: {
      on: {
        BackOff: undefined,
        StartContainer: {
          target: 'starting',
          actions: {
            type: 'startContainer',
            params: ({ event }) => ({ containerId: event.containerId }),
          },
        },
        StopContainer: {
          target: 'terminating.stopping',
          actions: stopContainer,
        },
      },
    },
    starting: {
      on: {
        CreateContainer: undefined,
        BackOff: undefined,
        ContainerStarted: [
          { guard: 'startupPending', target: 'running.notStarted', actions: 'keepId' },
          { target: 'running.started', actions: 'keepId' },
        ],
      },
    },
    running: {
      initial: 'started',
      on: {
        CreateContainer: undefined,
        BackOff: undefined,
        StartFailed: undefined,
        RunPostStart: [
          {
            guard: 'hookIsExec',
            target: '.postStart',
            actions: { type: 'execSync', params: ({ event }) => execOf(event.hook, 'postStart') },
          },
          {
            guard: 'hookIsHttp',
            target: '.postStart',
            actions: { type: 'httpGet', params: ({ event }) => httpOf(event.hook) },
          },
          { target: '.postStartSleep', actions: 'keepHook' },
        ],
        // Its limits change while it runs: nothing of its life does.
        UpdateResources: {
          actions: {
            type: 'updateContainerResources',
            params: ({ event }) => ({ containerId: event.containerId, resources: event.resources }),
          },
        },
        AwaitTurn: { target: 'terminating.awaitingTurn', actions: 'keepTurn' },
        RunPreStop: [
          {
            guard: 'hookIsExec',
            target: 'terminating.preStop',
            actions: ['keepHook', { type: 'execSync', params: ({ event }) => execOf(event.hook, 'preStop') }],
          },
          {
            guard: 'hookIsHttp',
            target: 'terminating.preStop',
            actions: ['keepHook', { type: 'httpGet', params: ({ event }) => httpOf(event.hook) }],
          },
          { target: 'terminating.preStop', actions: 'keepHook' },
        ],
        StopContainer: {
          target: 'terminating.stopping',
          actions: stopContainer,
        },
      },
      states: {
        /** The hook runs beside the container's own process; the container counts as running meanwhile. */
        postStart: {
          on: {
            PostStartDone: [{ guard: 'startupPending', target: 'notStarted' }, { target: 'started' }],
          },
        },
        postStartSleep: { after: { hook: 'postStartSlept' } },
        postStartSlept: {
          on: {
            PostStartDone: [{ guard: 'startupPending', target: 'notStarted' }, { target: 'started' }],
          },
        },
        /** The startup probe has not succeeded yet. */
        notStarted: { on: { StartupSucceeded: 'started' } },
        started: {},
      },
    },
    terminating: {
      initial: 'preStop',
      on: {
        CreateContainer: undefined,
        BackOff: undefined,
        StartFailed: undefined,
        StopContainer: {
          target: '.stopping',
          actions: stopContainer,
        },
      },
      states: {
        preStop: {
          on: {
            StopContainer: undefined,
            PreStopDone: 'preStopOver',
            PreStopShortened: { target: 'preStop', reenter: true, actions: 'keepHook' },
          },
          after: { hook: 'preStopOver' },
        },
        preStopOver: { on: { AwaitTurn: { target: 'awaitingTurn', actions: 'keepTurn' } } },
        /** A sidecar: it is stopped after the containers that rely on it, or when the grace period is over. */
        awaitingTurn: {
          on: { AwaitTurn: { target: 'awaitingTurn', reenter: true, actions: 'keepTurn' } },
          after: { turn: 'stopDue' },
        },
        stopDue: { on: { AwaitTurn: { target: 'awaitingTurn', actions: 'keepTurn' } } },
        stopping: {
          on: {
            ContainerSignalled: [{ guard: 'signalIsKill', target: 'KILL' }, { target: 'TERM' }],
            StopContainerFailed: 'stopDue',
            StopContainer: undefined,
            StopSooner: {
              target: 'stopping',
              actions: stopContainer,
            },
          },
        },
        TERM: {
          on: {
            ContainerSignalled: { guard: 'signalIsKill', target: 'KILL' },
            StopContainerFailed: 'stopDue',
            StopContainer: undefined,
            StopSooner: {
              target: 'stopping',
              actions: stopContainer,
            },
          },
        },
        KILL: { on: { StopContainerFailed: 'stopDue', StopContainer: undefined } },
      },
    },
    terminated: {
      initial: 'Completed',
      on: { ContainerDied: undefined, ContainerRemoved: undefined },
      states: {
        Completed: {},
        Error: {},
        OOMKilled: {},
        /** Its record vanished, or the runtime did not know it; when it is seen running after all, it runs. */
        ContainerStatusUnknown: {
          on: { ContainerStarted: { target: '#container.running', actions: 'keepId' } },
        },
      },
    },
  },
});
