/** Services as environment variables: where each is found, in the two ways that programs have come to expect. */
import type { KubeObject } from '../../api/types.ts';

interface ServicePort {
  readonly name?: string;
  readonly port: number;
  readonly protocol?: string;
}

interface ServiceSpec {
  readonly clusterIP?: string;
  readonly ports?: readonly ServicePort[];
}

const specOf = (service: KubeObject) => (service.spec ?? {}) as ServiceSpec;

/** v1helper.IsServiceIPSet: a headless service has no address to tell. */
function hasClusterIP(service: KubeObject): boolean {
  const { clusterIP = '' } = specOf(service);
  return clusterIP !== '' && clusterIP !== 'None';
}

/**
 * The variables of the services that a pod of `namespace` sees: always the cluster's own `kubernetes`, the
 * others of its namespace unless `enableServiceLinks` is off (kubelet_pods.go getServiceEnvVarMap).
 */
export function serviceVariables(
  services: readonly KubeObject[],
  namespace: string,
  enableServiceLinks: boolean,
): ReadonlyMap<string, string> {
  const seen = new Map<string, KubeObject>();
  for (const service of services.filter(hasClusterIP)) {
    const { namespace: home, name = '' } = service.metadata;
    const isMaster = home === 'default' && name === 'kubernetes';
    if (isMaster ? !seen.has(name) : home === namespace && enableServiceLinks) seen.set(name, service);
  }
  const names = [...seen.keys()].sort();
  return new Map(names.flatMap((name) => variablesOf(name, specOf(seen.get(name) as KubeObject))));
}

/** pkg/kubelet/envvars/envvars.go FromServices. */
function variablesOf(name: string, { clusterIP = '', ports = [] }: ServiceSpec): [string, string][] {
  const [first] = ports;
  if (first === undefined) return [];
  const prefix = variableName(name);
  const named = ports.flatMap(({ name: portName, port }): [string, string][] =>
    portName ? [[`${prefix}_SERVICE_PORT_${variableName(portName)}`, String(port)]] : [],
  );
  return [
    [`${prefix}_SERVICE_HOST`, clusterIP],
    [`${prefix}_SERVICE_PORT`, String(first.port)],
    ...named,
    [`${prefix}_PORT`, url(clusterIP, first)],
    ...ports.flatMap((port) => linkVariables(prefix, clusterIP, port)),
  ];
}

/** The form of Docker's links, which came before Kubernetes (makeLinkVariables). */
function linkVariables(prefix: string, clusterIP: string, port: ServicePort): [string, string][] {
  const protocol = port.protocol || 'TCP';
  const name = `${prefix}_PORT_${port.port}_${protocol.toUpperCase()}`;
  return [
    [name, url(clusterIP, port)],
    [`${name}_PROTO`, protocol.toLowerCase()],
    [`${name}_PORT`, String(port.port)],
    [`${name}_ADDR`, clusterIP],
  ];
}

/** net.JoinHostPort: an IPv6 address stands in brackets. */
function url(clusterIP: string, { port, protocol }: ServicePort): string {
  const host = clusterIP.includes(':') ? `[${clusterIP}]` : clusterIP;
  return `${(protocol || 'TCP').toLowerCase()}://${host}:${port}`;
}

function variableName(text: string): string {
  const name = text.replace(/[.-]/g, '_').toUpperCase();
  return /^[0-9]/.test(name) ? `_${name}` : name;
}
