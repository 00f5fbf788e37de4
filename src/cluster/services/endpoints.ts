/** Which pods stand behind a Service, as the EndpointSlice controller sees it: the ready ones that its selector finds. */
import type { KubeObject, Pod } from '../../api/types.ts';

export interface ServicePort {
  readonly name?: string;
  readonly port: number;
  readonly protocol?: string;
  readonly targetPort?: number | string;
}

export interface ServiceSpec {
  readonly type?: string;
  readonly clusterIP?: string;
  readonly externalName?: string;
  readonly selector?: Readonly<Record<string, string>>;
  readonly ports?: readonly ServicePort[];
  readonly publishNotReadyAddresses?: boolean;
  readonly sessionAffinity?: string;
}

export const serviceSpecOf = (service: KubeObject) => (service.spec ?? {}) as ServiceSpec;

/** Without a selector nobody is chosen: then somebody else would write the endpoints. */
export function podsBehind(service: KubeObject, pods: readonly Pod[]): readonly Pod[] {
  const { selector = {}, publishNotReadyAddresses } = serviceSpecOf(service);
  const wanted = Object.entries(selector);
  if (wanted.length === 0) return [];
  const found = pods.filter(
    ({ metadata, status }) =>
      metadata.namespace === service.metadata.namespace &&
      (status?.podIP ?? '') !== '' &&
      status?.phase !== 'Succeeded' &&
      status?.phase !== 'Failed' &&
      wanted.every(([name, value]) => metadata.labels?.[name] === value),
  );
  if (publishNotReadyAddresses === true) return found;
  const serving = found.filter(isReady);
  const staying = serving.filter(({ metadata }) => metadata.deletionTimestamp === undefined);
  // kube-proxy turns to those that terminate and still serve when there are no others (KEP-1669).
  return staying.length > 0 ? staying : serving;
}

const isReady = ({ status }: Pod) =>
  (status?.conditions ?? []).some(({ type, status: is }) => type === 'Ready' && is === 'True');

/** The port of a pod that a Service's port means; undefined when it names one that the pod does not have. */
export function targetPortOf({ spec }: Pod, { port, protocol, targetPort }: ServicePort): number | undefined {
  if (targetPort === undefined || typeof targetPort === 'number') return targetPort ?? port;
  // pkg/api/v1/pod/util.go FindPort: init containers that stay are looked at too.
  const staying = (spec.initContainers ?? []).filter(({ restartPolicy }) => restartPolicy === 'Always');
  const named = [...spec.containers, ...staying]
    .flatMap(({ ports = [] }) => ports)
    .find((one) => one.name === targetPort && (one.protocol ?? 'TCP') === (protocol ?? 'TCP'));
  return named?.containerPort;
}
