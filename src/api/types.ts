/**
 * Kubernetes' own types, from a kept package (types only: nothing of it is loaded), narrowed where the
 * reader, defaulting and the object store guarantee more than the wire does.
 */
import type {
  IContainer,
  IContainerStatus,
  IEvent,
  INode,
  IPod,
  IPodSpec,
  IPodStatus,
  IToleration,
  IVolume,
} from 'kubernetes-models/v1';

export type Container = IContainer;
export type ContainerStatusApi = IContainerStatus;
export type PodSpec = IPodSpec;
export type PodStatus = IPodStatus;
export type Volume = IVolume;
export type CoreEvent = IEvent;
export type Probe = NonNullable<Container['livenessProbe']>;
export type ProbeKind = 'liveness' | 'readiness' | 'startup';
export type ContainerPort = NonNullable<Container['ports']>[number];
export type VolumeMount = NonNullable<Container['volumeMounts']>[number];
export type EnvVar = NonNullable<Container['env']>[number];
export type LifecycleHook = NonNullable<NonNullable<Container['lifecycle']>['postStart']>;
export type Toleration = IToleration;
export type NodeStatus = NonNullable<INode['status']>;
export type NodeCondition = NonNullable<NodeStatus['conditions']>[number];
export type ConditionStatus = 'True' | 'False' | 'Unknown';
export type PodCondition = NonNullable<PodStatus['conditions']>[number];
export type PodPhase = 'Pending' | 'Running' | 'Succeeded' | 'Failed' | 'Unknown';
export type PullPolicy = 'Always' | 'IfNotPresent' | 'Never';
export type QosClass = 'Guaranteed' | 'Burstable' | 'BestEffort';

/** Metadata as every stored object has it. */
export type StoredMeta = NonNullable<IPod['metadata']> & {
  name: string;
  namespace: string;
  uid: string;
  resourceVersion: string;
  creationTimestamp: string;
};

/** A Pod as the object store holds it: named, with a UID, defaulted. Times are RFC 3339 strings. */
export type Pod = Omit<IPod, 'metadata' | 'spec' | 'status'> & {
  apiVersion: 'v1';
  kind: 'Pod';
  metadata: StoredMeta;
  spec: PodSpec;
  status?: PodStatus;
};

/** Any Kubernetes object as it was read from a manifest or is held in the store. */
export interface KubeObject {
  apiVersion: string;
  kind: string;
  metadata: { name?: string; namespace?: string; uid?: string; [field: string]: unknown };
  [field: string]: unknown;
}

/** What a step is about. */
export interface ObjectReference {
  readonly kind: 'Pod' | 'Node' | 'Image';
  readonly namespace?: string;
  readonly name: string;
  readonly uid: string;
  /** The container within the pod, when the step is about one. */
  readonly container?: string;
  /** The condition of the Node, when the step is about one: `Ready`. */
  readonly condition?: string;
}
