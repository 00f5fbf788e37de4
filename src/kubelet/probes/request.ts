/** What a probe asks of the world: a command, an HTTP request or a connection. */
import { PROBE_DEFAULTS } from '../../api/defaulting/container.ts';
import type { Container, Probe } from '../../api/types.ts';
import type { HttpGetRequest } from '../../machines/effects.ts';
import { expandStatic } from '../env/expand.ts';

/** Whom a gRPC health check asks, and about which service; empty: the whole server. */
export interface GrpcTarget {
  readonly host: string;
  readonly port: number;
  readonly service: string;
}

export type ProbeRequest =
  | { readonly kind: 'exec'; readonly command: readonly string[]; readonly timeoutSeconds: number }
  | { readonly kind: 'httpGet'; readonly request: HttpGetRequest; readonly timeoutSeconds: number }
  | {
      readonly kind: 'tcpConnect';
      readonly host: string;
      readonly port: number;
      readonly timeoutSeconds: number;
    }
  | ({ readonly kind: 'grpc'; readonly timeoutSeconds: number } & GrpcTarget)
  /** The probe cannot be run: an error, not a failed check. */
  | { readonly kind: 'invalid'; readonly error: string };

type Port = number | string;

/** The kubelet's own name in its requests. */
const USER_AGENT = 'kube-probe/1.36';

/**
 * prober.go runProbe and pkg/probe/http/request.go: named ports are looked up on the container, the host
 * is the pod's address unless the probe names one. `podName` is `name_namespace(uid)`.
 */
export function probeRequest(
  probe: Probe,
  container: Container,
  podIP: string,
  podName: string,
): ProbeRequest {
  const timeoutSeconds = probe.timeoutSeconds ?? PROBE_DEFAULTS.timeoutSeconds;
  if (probe.exec) {
    const command = (probe.exec.command ?? []).map((part) => expandStatic(part, container.env));
    return { kind: 'exec', command, timeoutSeconds };
  }
  if (probe.httpGet) {
    const port = resolvePort(probe.httpGet.port, container);
    if (typeof port === 'string') return { kind: 'invalid', error: port };
    return { kind: 'httpGet', request: httpGetRequest(probe.httpGet, port, podIP), timeoutSeconds };
  }
  if (probe.tcpSocket) {
    const port = resolvePort(probe.tcpSocket.port, container);
    if (typeof port === 'string') return { kind: 'invalid', error: port };
    return { kind: 'tcpConnect', host: probe.tcpSocket.host || podIP, port, timeoutSeconds };
  }
  if (probe.grpc) {
    const { port, service = '' } = probe.grpc;
    return { kind: 'grpc', host: podIP, port, service, timeoutSeconds };
  }
  return { kind: 'invalid', error: `missing probe handler for ${podName}:${container.name}` };
}

type HttpGetAction = NonNullable<Probe['httpGet']>;

/** The request of a probe or a hook; headers of the action win over the kubelet's own. */
export function httpGetRequest(
  action: HttpGetAction,
  port: number,
  podIP: string,
  userAgent = USER_AGENT,
): HttpGetRequest {
  const own = (action.httpHeaders ?? []).map(({ name, value }) => [name, value] as const);
  const has = (name: string) => own.some(([candidate]) => candidate.toLowerCase() === name);
  const path = action.path ?? '/';
  return {
    scheme: action.scheme === 'HTTPS' ? 'HTTPS' : 'HTTP',
    host: action.host || podIP,
    port,
    path: path.startsWith('/') ? path : `/${path}`,
    headers: [
      ...own,
      ...(has('user-agent') ? [] : [['User-Agent', userAgent] as const]),
      ...(has('accept') ? [] : [['Accept', '*/*'] as const]),
    ],
  };
}

/** A port by number or by the container's name for it; a text is the error (probe.ResolveContainerPort). */
export function resolvePort(port: Port, container: Container): number | string {
  const named = container.ports?.find((candidate) => candidate.name === port)?.containerPort;
  const number = typeof port === 'number' ? port : (named ?? Number.parseInt(port, 10));
  if (Number.isNaN(number)) return `port ${port} not found`;
  return number > 0 && number < 65_536 ? number : `invalid port number: ${number}`;
}

/** As Go prints the URL in an error: `http://10.1.2.3:80/healthz`. */
export function requestUrl({ scheme, host, port, path }: HttpGetRequest): string {
  const literal = host.includes(':') ? `[${host}]` : host;
  return `${scheme.toLowerCase()}://${literal}:${port}${path}`;
}
