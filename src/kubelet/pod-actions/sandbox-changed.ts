/** Whether a pod needs a new sandbox before anything else can happen. */
import type { Pod } from '../../api/types.ts';
import type { RuntimePod } from '../runtime-pod.ts';

/** Why a new sandbox is needed. */
export type SandboxChange = 'none' | 'noSandbox' | 'multipleReady' | 'notReady' | 'networkMode' | 'noIP';

export interface SandboxDecision {
  readonly change: SandboxChange;
  readonly changed: boolean;
  /** The number of the next sandbox; when nothing changed, the highest so far. */
  readonly attempt: number;
  readonly sandboxId: string;
}

/** pkg/kubelet/kuberuntime/util/util.go PodSandboxChanged. */
export function podSandboxChanged(pod: Pod, runtimePod: RuntimePod): SandboxDecision {
  const newest = runtimePod.sandboxes[0];
  if (!newest) return { change: 'noSandbox', changed: true, attempt: 0, sandboxId: '' };
  const readyCount = runtimePod.sandboxes.filter((sandbox) => sandbox.state === 'SANDBOX_READY').length;
  const attempt = Math.max(...runtimePod.sandboxes.map((sandbox) => sandbox.metadata.attempt));
  const because = (change: SandboxChange, sandboxId: string): SandboxDecision => ({
    change,
    changed: true,
    attempt: attempt + 1,
    sandboxId,
  });
  if (readyCount > 1) return because('multipleReady', newest.id);
  if (newest.state !== 'SANDBOX_READY') return because('notReady', newest.id);
  const hostNetwork = pod.spec.hostNetwork ?? false;
  if (newest.hostNetwork !== hostNetwork) return because('networkMode', '');
  if (!hostNetwork && newest.ip === '') return because('noIP', newest.id);
  return { change: 'none', changed: false, attempt, sandboxId: newest.id };
}
