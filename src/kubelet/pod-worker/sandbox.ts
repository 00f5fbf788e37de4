/** The sandbox of a sync: asked for, and what came of it. */
import type { PodSandboxStatus } from '../../api/cri.ts';
import type { Pod } from '../../api/types.ts';
import { type Draft, move, moveIf, refOf } from '../draft.ts';
import { recordEvent, recordNodeEvent } from '../events/recorder.ts';
import { failedCreatePodSandBox, failedKillPod, formatPod } from '../events/texts.ts';
import { kObj, logInfo } from '../log/log.ts';
import { linuxPodResources } from '../resources/pod.ts';
import type { DnsEvents } from '../runtime-config/dns.ts';
import { sandboxConfigOf } from '../runtime-config/sandbox-config.ts';
import { WHERE } from '../where.ts';
import { addError, dropTasks, setSync, setWorker, waitFor } from './worker-slice.ts';

/** kuberuntime_sandbox.go createPodSandbox. */
export function createSandbox(draft: Draft, pod: Pod, attempt: number): void {
  const made = sandboxConfigOf(pod, attempt, draft.state.config);
  if ('error' in made) {
    sandboxFailed(draft, pod, made.error);
    return;
  }
  const { config } = made;
  tellOfDns(draft, pod, made);
  setWorker(draft, pod.metadata.uid, { podResources: linuxPodResources(pod, draft.state.config) });
  if (attempt === 0) {
    const values = { pod: kObj(pod) };
    logInfo(draft, 2, 'util.go', 'No sandbox for pod can be found. Need to start a new one', values);
  }
  const say = {
    stage: 'sandbox',
    why: 'sandbox.create',
    values: { attempt },
    where: WHERE.createPodSandbox,
  } as const;
  const [effectId] = move(draft, refOf('sandbox', pod), { type: 'RunPodSandbox', config }, say);
  if (effectId !== undefined) waitFor(draft, pod.metadata.uid, { for: 'effect', effectId });
}

/**
 * Every sync works the sandbox's configuration out for the containers that it may start, and tells each time what is
 * amiss with its DNS (kuberuntime_manager.go SyncPod, "Get podSandboxConfig for containers to start").
 */
export function configureSandbox(draft: Draft, pod: Pod, attempt: number): void {
  const made = sandboxConfigOf(pod, attempt, draft.state.config);
  if (!('error' in made)) tellOfDns(draft, pod, made);
}

function tellOfDns(draft: Draft, pod: Pod, { events, nodeEvents }: DnsEvents): void {
  for (const event of nodeEvents) recordNodeEvent(draft, event);
  for (const event of events) recordEvent(draft, pod, event);
}

/** The sandbox was read back: it is what was observed that counts. */
export function sandboxCreated(draft: Draft, pod: Pod, status: PodSandboxStatus): void {
  const { id: sandboxId, ip } = status;
  const where = WHERE.createPodSandbox;
  moveIf(
    draft,
    refOf('sandbox', pod),
    { type: 'SandboxStarted', sandboxId },
    {
      stage: 'sandbox',
      why: 'sandbox.started',
      values: { ip: ip === '' ? '-' : ip },
      where,
    },
  );
  const initContainers = (pod.spec.initContainers ?? []).length > 0;
  moveIf(
    draft,
    refOf('pod', pod),
    { type: 'SandboxReady', initContainers },
    {
      stage: 'sandbox',
      why: initContainers ? 'pod.initializing' : 'pod.starting',
      where,
    },
  );
  setSync(draft, pod.metadata.uid, { sandbox: status });
  configureSandbox(draft, pod, status.metadata.attempt);
}

/** No sandbox: the sync fails and is tried again. */
export function sandboxFailed(draft: Draft, pod: Pod, message: string): void {
  const say = {
    stage: 'sandbox',
    why: 'sandbox.failed',
    values: { message },
    where: WHERE.createPodSandbox,
  } as const;
  moveIf(draft, refOf('sandbox', pod), { type: 'RunPodSandboxFailed' }, say);
  recordEvent(draft, pod, failedCreatePodSandBox(message));
  const failed = { action: 'CreatePodSandbox', target: formatPod(pod) } as const;
  addError(draft, pod.metadata.uid, { kind: 'generic', reason: 'CreatePodSandboxError', message, ...failed });
  dropTasks(draft, pod.metadata.uid);
}

/** What came of stopping the sandbox. */
export function sandboxStopped(draft: Draft, pod: Pod, failure: string | undefined): void {
  const where = WHERE.killPod;
  const ref = refOf('sandbox', pod);
  if (failure === undefined) {
    moveIf(draft, ref, { type: 'SandboxDied' }, { stage: 'kill', why: 'sandbox.stopped', where });
    return;
  }
  const say = { stage: 'kill', why: 'sandbox.stopFailed', values: { message: failure }, where } as const;
  moveIf(draft, ref, { type: 'StopPodSandboxFailed' }, say);
  recordEvent(draft, pod, failedKillPod(failure));
  const failed = { action: 'KillPodSandbox', target: pod.metadata.uid } as const;
  const error = { kind: 'generic', reason: 'KillPodSandboxError', message: failure } as const;
  addError(draft, pod.metadata.uid, { ...error, ...failed });
}
