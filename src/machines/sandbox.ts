/**
 * The sandbox machine: the pod's network and its pause process, before any container and after all of
 * them. It advances on what was observed of the sandbox, never on a call's return.
 * Follows pkg/kubelet/kuberuntime/kuberuntime_sandbox.go and CRI's PodSandboxState.
 */
import { assign, setup } from 'xstate';
import type { LinuxPodResources, PodSandboxConfig } from '../api/cri.ts';
import { verbs } from './verbs.ts';

export interface SandboxContext {
  /** The newest sandbox; empty while there is none. */
  readonly sandboxId: string;
}

export type SandboxEvent =
  | { readonly type: 'RunPodSandbox'; readonly config: PodSandboxConfig }
  | { readonly type: 'SandboxStarted'; readonly sandboxId: string }
  | { readonly type: 'RunPodSandboxFailed' }
  | { readonly type: 'SandboxDied' }
  | {
      readonly type: 'UpdateResources';
      readonly sandboxId: string;
      readonly resources: LinuxPodResources;
    }
  | { readonly type: 'StopPodSandbox'; readonly sandboxId: string }
  | { readonly type: 'StopPodSandboxFailed' }
  | { readonly type: 'RemovePodSandbox'; readonly sandboxId: string }
  | { readonly type: 'SandboxRemoved' };

export const sandboxMachine = setup({
  types: { context: {} as SandboxContext, events: {} as SandboxEvent },
  actions: {
    runPodSandbox: verbs.runPodSandbox,
    updatePodSandboxResources: verbs.updatePodSandboxResources,
    stopPodSandbox: verbs.stopPodSandbox,
    removePodSandbox: verbs.removePodSandbox,
    keepId: assign({
      sandboxId: ({ context, event }) => ('sandboxId' in event ? event.sandboxId : context.sandboxId),
    }),
  },
}).createMachine({
  id: 'sandbox',
  context: { sandboxId: '' },
  initial: 'absent',
  on: {
    // The garbage collector's word on an older attempt: it moves nothing here.
    RemovePodSandbox: {
      actions: { type: 'removePodSandbox', params: ({ event }) => ({ sandboxId: event.sandboxId }) },
    },
  },
  states: {
    absent: {
      on: {
        RunPodSandbox: {
          target: 'creating',
          actions: { type: 'runPodSandbox', params: ({ event }) => ({ config: event.config }) },
        },
        SandboxStarted: { target: 'ready', actions: 'keepId' },
      },
    },
    creating: {
      on: {
        SandboxStarted: { target: 'ready', actions: 'keepId' },
        RunPodSandboxFailed: 'absent',
      },
    },
    ready: {
      on: {
        SandboxDied: 'notReady',
        SandboxRemoved: 'absent',
        // The bounds of the pod as a whole change.
        UpdateResources: {
          actions: {
            type: 'updatePodSandboxResources',
            params: ({ event }) => ({ sandboxId: event.sandboxId, resources: event.resources }),
          },
        },
        StopPodSandbox: {
          target: 'stopping',
          actions: { type: 'stopPodSandbox', params: ({ event }) => ({ sandboxId: event.sandboxId }) },
        },
      },
    },
    stopping: {
      on: { SandboxDied: 'notReady', SandboxRemoved: 'absent', StopPodSandboxFailed: 'ready' },
    },
    notReady: {
      on: {
        RunPodSandbox: {
          target: 'creating',
          actions: { type: 'runPodSandbox', params: ({ event }) => ({ config: event.config }) },
        },
        SandboxStarted: { target: 'ready', actions: 'keepId' },
        SandboxRemoved: 'absent',
        // Stopping is idempotent: what is left of a dead sandbox's network goes too.
        StopPodSandbox: {
          target: 'stopping',
          actions: { type: 'stopPodSandbox', params: ({ event }) => ({ sandboxId: event.sandboxId }) },
        },
      },
    },
  },
});
