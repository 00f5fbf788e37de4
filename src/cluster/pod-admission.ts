/**
 * What the API server's admission plugins do to a new pod: its priority comes from a class, and so does the
 * overhead of its runtime; it tolerates a lost node for a while. Follows plugin/pkg/admission/priority,
 * plugin/pkg/admission/runtimeclass and plugin/pkg/admission/defaulttolerationseconds.
 */
import type { KubeObject, Pod, PodSpec } from '../api/types.ts';
import { PodstepError } from '../lib/errors.ts';
import { sameData } from '../lib/same-data.ts';
import { defaultTolerations } from './node-lifecycle/tolerations.ts';
import { find, type Store } from './store.ts';

/** The two classes that every cluster has (pkg/apis/scheduling/types.go). */
const SYSTEM_CLASSES: Readonly<Record<string, PriorityClass>> = {
  'system-cluster-critical': { name: 'system-cluster-critical', value: 2_000_000_000 },
  'system-node-critical': { name: 'system-node-critical', value: 2_000_001_000 },
};

interface PriorityClass {
  readonly name: string;
  readonly value: number;
  readonly preemptionPolicy?: string;
}

interface RuntimeClass {
  readonly overhead?: { readonly podFixed?: NonNullable<PodSpec['overhead']> };
  readonly scheduling?: Pick<PodSpec, 'nodeSelector' | 'tolerations'>;
}

/**
 * The new pod with what admission fills in.
 * @throws PodstepError BAD_MANIFEST in the API server's words.
 */
export function admitPod(store: Store, object: KubeObject): KubeObject {
  const spec = withRuntimeClass(store, object, withPriority(store, object, object.spec as PodSpec));
  const tolerations = spec.tolerations ?? [];
  return { ...object, spec: { ...spec, tolerations: [...tolerations, ...defaultTolerations(tolerations)] } };
}

/** An update that leaves admission's fields out does not take them back: kubectl's patch would not either. */
export function keepAdmitted(stored: Pod['spec'], next: PodSpec): PodSpec {
  const { priority, priorityClassName, preemptionPolicy, overhead, ephemeralContainers, tolerations } =
    stored;
  // Ephemeral containers have a subresource of their own: a manifest without them says nothing of them.
  const admitted = { priority, priorityClassName, preemptionPolicy, overhead, ephemeralContainers };
  const kept = Object.entries(admitted).filter(([, value]) => value !== undefined);
  const more = (next.tolerations ?? []).filter((one) => !tolerations?.some((old) => sameData(old, one)));
  const all = { tolerations: [...(tolerations ?? []), ...more] };
  return { ...Object.fromEntries(kept), ...next, ...all } as PodSpec;
}

function forbidden({ metadata }: KubeObject, why: string): PodstepError {
  return new PodstepError('BAD_MANIFEST', `pods "${metadata.name}" is forbidden: ${why}`);
}

function withPriority(store: Store, pod: KubeObject, spec: PodSpec): PodSpec {
  const { priorityClassName: name = '', priority: given, preemptionPolicy } = spec;
  const found = name === '' ? defaultClass(store) : classNamed(store, name);
  if (found === undefined) throw forbidden(pod, `no PriorityClass with name ${name} was found`);
  if (given !== undefined && given !== found.value) {
    throw forbidden(
      pod,
      `the integer value of priority (${given}) must not be provided in pod spec; priority admission controller computed ${found.value} from the given PriorityClass name`,
    );
  }
  const policy = found.preemptionPolicy ?? 'PreemptLowerPriority';
  if (preemptionPolicy !== undefined && preemptionPolicy !== policy) {
    throw forbidden(
      pod,
      `the string value of PreemptionPolicy (${preemptionPolicy}) must not be provided in pod spec; priority admission controller computed ${policy} from the given PriorityClass name`,
    );
  }
  return {
    ...spec,
    ...(found.name === '' ? {} : { priorityClassName: found.name }),
    priority: found.value,
    preemptionPolicy: policy as NonNullable<PodSpec['preemptionPolicy']>,
  };
}

function classNamed(store: Store, name: string): PriorityClass | undefined {
  return SYSTEM_CLASSES[name] ?? classesOf(store).find((one) => one.name === name);
}

/** Of several global defaults the lowest; without any, 0 (getDefaultPriorityClass). */
function defaultClass(store: Store): PriorityClass {
  const defaults = classesOf(store).filter(({ globalDefault }) => globalDefault);
  const [lowest] = defaults.toSorted((a, b) => a.value - b.value);
  return lowest ?? { name: '', value: 0 };
}

function classesOf(store: Store): (PriorityClass & { readonly globalDefault: boolean })[] {
  return [...store.objects.values()].flatMap((object) => {
    if (object.kind !== 'PriorityClass') return [];
    const { metadata, value, globalDefault, preemptionPolicy } = object;
    const policy = preemptionPolicy === undefined ? {} : { preemptionPolicy: String(preemptionPolicy) };
    return [
      { name: metadata.name ?? '', value: Number(value), globalDefault: globalDefault === true, ...policy },
    ];
  });
}

/** Overhead and placement come from the runtime class; a pod never brings an overhead of its own. */
function withRuntimeClass(store: Store, pod: KubeObject, spec: PodSpec): PodSpec {
  const { runtimeClassName: name, overhead: given } = spec;
  const found = name === undefined ? undefined : find(store, 'RuntimeClass', '', name, 'node.k8s.io');
  if (name !== undefined && found === undefined) {
    throw forbidden(pod, `pod rejected: RuntimeClass "${name}" not found`);
  }
  const { overhead, scheduling } = (found ?? {}) as RuntimeClass;
  const fixed = overhead?.podFixed;
  if (fixed === undefined && given !== undefined) {
    throw forbidden(
      pod,
      'pod rejected: Pod Overhead set without corresponding RuntimeClass defined Overhead',
    );
  }
  if (given !== undefined && !sameData(given, fixed)) {
    throw forbidden(pod, "pod rejected: Pod's Overhead doesn't match RuntimeClass's defined Overhead");
  }
  const placed = scheduling === undefined ? {} : placement(pod, spec, scheduling);
  return { ...spec, ...(fixed === undefined ? {} : { overhead: fixed }), ...placed };
}

function placement(
  pod: KubeObject,
  { nodeSelector = {}, tolerations = [] }: PodSpec,
  wanted: NonNullable<RuntimeClass['scheduling']>,
): Pick<PodSpec, 'nodeSelector' | 'tolerations'> {
  for (const [key, value] of Object.entries(wanted.nodeSelector ?? {})) {
    const own = nodeSelector[key];
    if (own === undefined || own === value) continue;
    throw forbidden(
      pod,
      `conflict: runtimeClass.scheduling.nodeSelector[${key}] = ${value}; pod.spec.nodeSelector[${key}] = ${own}`,
    );
  }
  const more = (wanted.tolerations ?? []).filter((one) => !tolerations.some((old) => sameData(old, one)));
  return {
    nodeSelector: { ...nodeSelector, ...wanted.nodeSelector },
    tolerations: [...tolerations, ...more],
  };
}
