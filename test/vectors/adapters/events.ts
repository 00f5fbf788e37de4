/** events.json: the form of every event, with words in capitals where its values stand. */

import { mustParseQuantity } from '../../../src/api/quantity/parse.ts';
import type { PodStats } from '../../../src/api/stats.ts';
import type { Pod } from '../../../src/api/types.ts';
import * as resizes from '../../../src/kubelet/allocation/texts.ts';
import { doBackOff, newCrashLoopBackoff } from '../../../src/kubelet/backoff/crash-loop.ts';
import { containerSpecHash } from '../../../src/kubelet/container-hash.ts';
import * as node from '../../../src/kubelet/events/node-texts.ts';
import * as texts from '../../../src/kubelet/events/texts.ts';
import { evictionMessage } from '../../../src/kubelet/eviction/message.ts';
import * as gc from '../../../src/kubelet/images/gc/texts.ts';
import { computePodActions } from '../../../src/kubelet/pod-actions/compute-pod-actions.ts';
import { postStartFailed } from '../../../src/kubelet/termination/hooks.ts';
import { operationFailed } from '../../../src/kubelet/volumes/texts.ts';
import { waitFailure } from '../../../src/kubelet/volumes/wait.ts';
import { pod, record, sandbox } from '../../kubelet/fixtures.ts';
import type { VectorAdapter, VectorCase } from '../adapter.ts';

type Text = ReturnType<typeof texts.created>;

/** One occasion for an event: the file's words for it, the object that it is about, and its text. */
interface Form {
  readonly when: string;
  readonly on: string;
  readonly text: () => Text;
}

const POD = pod(
  { containers: [{ name: 'NAME', image: 'IMG' }] },
  { name: 'POD', namespace: 'NS', uid: 'UID' },
);
const form = (on: string, when: string, text: () => Text): Form => ({ when, on, text });
const inContainer = (when: string, text: () => Text) => form('pod (container)', when, text);
const onPod = (when: string, text: () => Text) => form('pod', when, text);
const onNode = (when: string, text: () => Text) => form('node', when, text);

/** What the plan says when a probe of the container failed for good. */
function killedBy(kind: 'liveness' | 'startup'): Text {
  const [container] = POD.spec.containers;
  const running = record('NAME', container ? { hash: containerSpecHash(container) } : {});
  const results = { liveness: {}, readiness: {}, startup: {}, [kind]: { [running.id]: 'failure' as const } };
  const { containersToKill } = computePodActions({
    pod: POD,
    runtimePod: { podUid: 'UID', sandboxes: [sandbox()], containers: [running] },
    probeResults: results,
    restartAllContainers: false,
  });
  return texts.killing('NAME', containersToKill[0]?.message);
}

/** The second start after an end: it has to wait. */
function crashLoop() {
  const exited = record('NAME', { state: 'CONTAINER_EXITED', finishedAtMs: 0 });
  const runtimePod = { podUid: 'UID', sandboxes: [sandbox()], containers: [exited] };
  const [container] = POD.spec.containers;
  if (container === undefined) throw new Error('the pod has a container');
  const input = { pod: POD, container, runtimePod, nowMs: 0 };
  const first = doBackOff({ ...input, backoff: newCrashLoopBackoff() });
  if (first.inBackOff) throw new Error('the first restart is immediate');
  const second = doBackOff({ ...input, backoff: first.backoff });
  if (!second.inBackOff) throw new Error('the second start waits');
  return second;
}

const kept = (text: Text, ...values: readonly (readonly [value: string, word: string])[]): Text => ({
  ...text,
  message: values.reduce((message, [value, word]) => message.replace(value, word), text.message),
});

/** The whole of a wait that failed, but for the cause, is its own business. */
function unableToMount(): Text {
  const state = { expectedVolumes: ['v'], mounted: [], inDesiredState: [], attachableNotAttached: [] };
  const failure = waitFailure(state, 'cause');
  if (failure?.event === undefined) throw new Error('the wait failed');
  return kept(failure.event, [failure.error, 'ERR']);
}

/** A container that uses more memory than it asked for, on a node that has too little. */
function evicted(): Text {
  const pod: Pod = {
    ...POD,
    spec: { containers: [{ name: 'NAME', image: 'IMG', resources: { requests: { memory: '1Mi' } } }] },
  };
  const stats: PodStats = {
    podUid: 'UID',
    containers: [{ name: 'NAME', memory: { atMs: 0, workingSetBytes: 2 * 1024 ** 2 } }],
    volumes: [],
  };
  const value = { quantity: mustParseQuantity('3Mi') };
  const thresholds = [{ signal: 'memory.available', operator: 'LessThan', value, gracePeriodMs: 0 }] as const;
  const observations = { 'memory.available': { available: 4 * 1024 ** 2, capacity: 1024 ** 3 } };
  const { message, annotations } = evictionMessage('memory', pod, stats, thresholds, observations);
  return kept(texts.evicted(message, annotations), ['3Mi', 'Q'], ['4Mi', 'A'], ['2Mi', 'U'], ['1Mi', 'R']);
}

/** A message whose values are one line of JSON, told by what stands in it. */
function json({ message, ...text }: Text): Text {
  const at = message.indexOf('{');
  const keys = Object.keys(JSON.parse(message.slice(at)));
  const told = keys.includes('error') ? `JSON with ${keys.join(', ')}` : 'JSON';
  return { ...text, message: message.slice(0, at) + told };
}

const REFUSALS = [
  'OutOfcpu',
  'OutOfmemory',
  'OutOfpods',
  'NodeAffinity',
  'NodePorts',
  'NodeShutdown',
  'UnexpectedAdmissionError',
];
const STATUSES = [
  'NodeReady',
  'NodeNotReady',
  'NodeSchedulable',
  'NodeNotSchedulable',
  'NodeHasSufficientMemory',
  'NodeHasInsufficientMemory',
  'NodeHasNoDiskPressure',
  'NodeHasDiskPressure',
  'NodeHasSufficientPID',
  'NodeHasInsufficientPID',
];

const FORMS: readonly Form[] = [
  inContainer('container was created', texts.created),
  inContainer('container was started', texts.started),
  inContainer('container could not be created or started', () => texts.failed('ERR')),
  inContainer('container is stopped without a special reason', () => texts.killing('NAME')),
  inContainer('liveness probe failed', () => killedBy('liveness')),
  inContainer('startup probe failed', () => killedBy('startup')),
  inContainer('postStart hook failed', () => texts.killing('NAME', postStartFailed('').kill.message)),
  inContainer('restart back-off is running', () => crashLoop().event),
  inContainer('image pull back-off is running', () => texts.backOffPulling('IMG')),
  inContainer('pull begins', () => texts.pulling('IMG')),
  inContainer('pull ended', () =>
    kept(texts.pulled('IMG', 1, 2, 3), ['1ms', 'D1'], ['2ms', 'D2'], ['3 bytes', 'N bytes']),
  ),
  inContainer('image was there', () => texts.alreadyPresent('IMG', false)),
  inContainer('pull failed', () => texts.failedToPull('IMG', 'ERR')),
  inContainer('image name does not parse', () => texts.invalidImageName('IMG', 'ERR')),
  inContainer('runtime could not inspect the image', () => texts.failedToInspectImage('IMG', 'ERR')),
  inContainer('image missing under policy Never', () => texts.neverPull('IMG')),
  inContainer('probe failed', () => texts.unhealthy('liveness', 'OUTPUT')),
  inContainer('probe could not be run', () => texts.probeErrored('readiness', 'ERR')),
  inContainer('probe gave a warning', () => texts.probeWarning('liveness', 'OUTPUT')),
  inContainer('postStart hook failed', texts.failedPostStartHook),
  inContainer('preStop hook failed', texts.failedPreStopHook),
  onPod('pod still runs after its grace period', texts.exceededGracePeriod),
  onPod('pod cgroup could not be made', () => texts.failedPodContainer('ERR')),
  onPod('pod directories could not be made', () => texts.failedPodDirectories('ERR')),
  onPod('pod could not be killed', () => texts.failedKillPod('ERR')),
  onPod('network plugin is not ready', () => texts.networkNotReady('ERR')),
  onPod('sandbox could not be created', () => texts.failedCreatePodSandBox('ERR')),
  onPod('sandbox changed', texts.sandboxChanged),
  onPod('sandbox status could not be read', () => texts.failedPodSandBoxStatus('ERR')),
  onPod('status could not be determined', () => texts.failedSync('ERR')),
  onPod('mount failed', () => operationFailed('setUp', 'VOL', 'ERR')),
  onPod('volumes could not be processed', unableToMount),
  onPod('block device could not be mapped', () => operationFailed('setUpDevice', 'VOL', 'ERR')),
  form('claim or pod', 'volume could not be resized', () => texts.volumeResizeFailed('VOL', 'ERR')),
  form('claim', 'volume was resized', () =>
    texts.volumeResized('the volume was resized (text of the caller)'),
  ),
  form('pod and claim', 'file system was resized', () => texts.fileSystemResized('VOL', 'NODE')),
  onPod('two pods share a volume with other groups', () => texts.alreadyMountedVolume('GID', 'VOL', 'GID')),
  onPod('resource claims could not be prepared', () => texts.failedDynamicResources('ERR')),
  // One word stands here for the whole of what `format.Pod` gives.
  onPod('pod from a file or URL is not usable', () =>
    kept(texts.failedValidation({ ...POD, metadata: { ...POD.metadata, name: 'NAME' } } as Pod, 'SOURCE'), [
      'NAME_NS(UID)',
      'POD_NS',
    ]),
  ),
  onPod('more than 32 search paths or 2048 characters', () =>
    texts.dnsConfigForming('Search Line limits were exceeded, some search paths', 'search', ['LINE']),
  ),
  onPod('no cluster DNS', () => kept(texts.missingClusterDns(POD), ['POD_NS(UID)', 'POD'])),
  onPod('eviction', evicted),
  onPod('in-place resize does not fit now', () => json(resizes.resizePending(POD, 'Deferred', 'ERR'))),
  onPod('in-place resize can never fit', () => json(resizes.resizePending(POD, 'Infeasible', 'ERR'))),
  onPod('in-place resize was allocated', () => json(resizes.resizeStarted(POD))),
  onPod('in-place resize is in effect', () => json(resizes.resizeCompleted(POD, 1))),
  onPod('in-place resize failed at the runtime', () => json(resizes.resizeError(POD, 1, ''))),
  onPod('pod had to make room for a critical one', texts.preempting),
  ...REFUSALS.map((reason) =>
    onPod(`pod was refused at admission (${reason})`, () => texts.rejected(reason, 'the admission message')),
  ),
  ...STATUSES.map((reason) =>
    onNode('the condition changed or was set first', () => node.nodeStatusIs('NAME', reason)),
  ),
  onNode('the kubelet starts', node.startingKubelet),
  onNode('a module could not be started', () => node.kubeletSetupFailed('ERR')),
  onNode('boot id changed', () => node.rebooted('NAME', 'ID')),
  onNode('node shuts down', node.shutdownDetected),
  onNode('shutdown was cancelled', node.shutdownCancelled),
  onNode('cgroup limits were set', node.nodeAllocatableEnforced),
  onNode('swap is on and the kernel has no noswap', node.memoryVolumesOnDisk),
  onNode('node runs cgroup v1', node.cgroupV1),
  onNode('the image file system has no capacity', () => kept(gc.invalidDiskCapacity(), ['0', 'N'])),
  onNode('image garbage collection failed', () => gc.imageGcFailed('ERR')),
  onNode('image garbage collection freed too little', () =>
    kept(gc.freeDiskSpaceFailed(12, 'SIZE', 34), ['12%', 'P%'], ['34 bytes', 'N bytes']),
  ),
  onNode('container garbage collection failed', () => gc.containerGcFailed('ERR')),
  onNode('a threshold was met', () => texts.evictionThresholdMet('RESOURCE')),
  onNode('the kernel killed a process for the whole node', () => node.systemOom('NAME', 'N')),
];

interface Expected {
  readonly reason: string;
  readonly older?: string;
  readonly newer?: string;
  readonly waiting?: unknown;
}

const wordsOf = (text: string) => new Set(text.toLowerCase().match(/[a-z]+/g));

/** Of the forms with this reason the one whose occasion has most words of the case's. */
function formOf(reason: string, when: string): Form | undefined {
  const asked = wordsOf(when);
  const shared = (candidate: Form) => [...wordsOf(candidate.when)].filter((word) => asked.has(word)).length;
  const sameReason = FORMS.filter(({ text }) => text().reason === reason);
  return sameReason.toSorted((a, b) => shared(b) - shared(a))[0];
}

function event({ input, expected }: VectorCase<{ readonly when: string }, Expected>) {
  // Other releases' words are told to the reader of the file; this kubelet has its own.
  const { reason, older, newer, waiting } = expected;
  const found = formOf(reason, input.when);
  if (found === undefined) throw new Error(`no event here has the reason ${reason}`);
  const { type, message } = found.text();
  return {
    reason,
    type,
    message,
    on: found.on,
    older,
    newer,
    waiting: waiting === undefined ? undefined : crashLoop().error,
  };
}

export default { groups: { event } } satisfies VectorAdapter;
