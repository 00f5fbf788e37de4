/** What can happen to a container: what the planner asks of its machine, and what was observed of it. */
import type { ContainerConfig, LinuxContainerResources, PodSandboxConfig } from '../api/cri.ts';
import type { HttpGetRequest } from './effects.ts';

/** A hook as it is performed; `sleep` is a delay and nothing else. */
export type Hook =
  | {
      readonly kind: 'exec';
      readonly containerId: string;
      readonly command: readonly string[];
      readonly timeoutSeconds: number;
    }
  | { readonly kind: 'httpGet'; readonly request: HttpGetRequest; readonly timeoutSeconds: number }
  | { readonly kind: 'sleep'; readonly seconds: number };

export type ContainerEvent =
  // What the planner asks for.
  | { readonly type: 'AwaitInitContainers' }
  | { readonly type: 'PodInitialized' }
  | { readonly type: 'BackOff'; readonly backOffMs: number }
  | { readonly type: 'StartFailed' /** A waiting reason of the API. */; readonly reason: string }
  | {
      readonly type: 'CreateContainer';
      readonly sandboxId: string;
      readonly config: ContainerConfig;
      readonly sandboxConfig: PodSandboxConfig;
    }
  | { readonly type: 'StartContainer'; readonly containerId: string }
  | {
      readonly type: 'UpdateResources';
      readonly containerId: string;
      readonly resources: LinuxContainerResources;
    }
  | { readonly type: 'RunPostStart'; readonly hook: Hook; readonly hookMs: number }
  | { readonly type: 'PostStartDone'; readonly startupPending: boolean }
  | { readonly type: 'RunPreStop'; readonly hook: Hook; readonly hookMs: number }
  | { readonly type: 'PreStopDone' }
  /** The grace period went down while the hook runs. */
  | { readonly type: 'PreStopShortened'; readonly hookMs: number }
  | { readonly type: 'AwaitTurn'; readonly turnMs: number }
  | { readonly type: 'StopContainer'; readonly containerId: string; readonly timeoutSeconds: number }
  /** The grace period went down after the stop signal: the runtime is asked again, with less time. */
  | { readonly type: 'StopSooner'; readonly containerId: string; readonly timeoutSeconds: number }
  | { readonly type: 'StopContainerFailed' }
  | { readonly type: 'ReopenContainerLog'; readonly containerId: string }
  | { readonly type: 'RemoveContainer'; readonly containerId: string }
  // What was observed.
  | { readonly type: 'ContainerCreated'; readonly containerId: string }
  | { readonly type: 'ContainerStarted'; readonly containerId: string; readonly startupPending: boolean }
  | { readonly type: 'StartupSucceeded' }
  | { readonly type: 'ContainerSignalled'; readonly signal: string }
  | {
      readonly type: 'ContainerDied';
      readonly containerId: string;
      readonly exitCode: number;
      readonly reason: string;
    }
  | { readonly type: 'ContainerRemoved'; readonly containerId: string };
