/** The Node object that a kubelet registers itself with (pkg/kubelet/kubelet_node_status.go initialNode). */
import type { KubeletConfiguration } from '../../api/kubelet-configuration/fields.ts';
import type { KubeObject, NodeStatus } from '../../api/types.ts';
import type { NodeConfig } from '../node-config.ts';

/** The labels that a kubelet sets and, on an existing Node, puts right (updateDefaultLabels). */
function nodeLabels({ nodeName, machine }: NodeConfig): Readonly<Record<string, string>> {
  const { architecture } = machine.system;
  return {
    'beta.kubernetes.io/arch': architecture,
    'beta.kubernetes.io/os': 'linux',
    'kubernetes.io/arch': architecture,
    'kubernetes.io/hostname': nodeName,
    'kubernetes.io/os': 'linux',
  };
}

const ATTACH_DETACH = 'volumes.kubernetes.io/controller-managed-attach-detach';

/** The Node as it is created, its first status in it. */
export function initialNode(node: NodeConfig, config: KubeletConfiguration, status: NodeStatus): KubeObject {
  const { enableControllerAttachDetach, registerWithTaints, providerID } = config;
  const annotations = enableControllerAttachDetach ? { annotations: { [ATTACH_DETACH]: 'true' } } : {};
  return {
    apiVersion: 'v1',
    kind: 'Node',
    metadata: { name: node.nodeName, labels: nodeLabels(node), ...annotations },
    spec: {
      ...(registerWithTaints.length > 0 ? { taints: registerWithTaints } : {}),
      ...(providerID === '' ? {} : { providerID }),
    },
    status,
  };
}

/** An existing Node with the kubelet's own labels and annotation; undefined when nothing had to be put right. */
export function reconciledNode(existing: KubeObject, wanted: KubeObject): KubeObject | undefined {
  const { labels = {}, annotations = {} } = existing.metadata as Labelled;
  const own = wanted.metadata as Labelled;
  const merged = {
    labels: { ...labels, ...own.labels },
    annotations: { ...annotations, ...own.annotations },
  };
  const isRight =
    Object.entries(own.labels ?? {}).every(([key, value]) => labels[key] === value) &&
    Object.entries(own.annotations ?? {}).every(([key, value]) => annotations[key] === value);
  return isRight ? undefined : { ...existing, metadata: { ...existing.metadata, ...merged } };
}

interface Labelled {
  readonly labels?: Readonly<Record<string, string>>;
  readonly annotations?: Readonly<Record<string, string>>;
}

/** The object that tells which CSI drivers a node has: none here (pkg/volume/csi/nodeinfomanager CreateCSINode). */
export function csiNode({ metadata }: KubeObject): KubeObject {
  const { name = '', uid = '' } = metadata;
  return {
    apiVersion: 'storage.k8s.io/v1',
    kind: 'CSINode',
    metadata: { name, ownerReferences: [{ apiVersion: 'v1', kind: 'Node', name, uid }] },
    spec: { drivers: [] },
  };
}
