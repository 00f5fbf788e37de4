/** The port's network: the runtime thread connects, because the pods' network is in its memory. */
import type { PodNetwork } from '../port.ts';
import type { Call } from './calls.ts';
import type { Node } from './node.ts';

/** What the kubelet asks of the pods' network: Services, probes and hooks. */
export function threadNetwork(node: Node, call: Call): PodNetwork {
  return {
    async setServices(services) {
      node.services = services;
      await call('setServices', services);
    },
    httpGet: (request, timeoutSeconds) => call('httpGet', { request, timeoutSeconds }),
    grpcHealthCheck: (host, port, service, timeoutSeconds) =>
      call('grpcHealthCheck', { host, port, service, timeoutSeconds }),
    tcpConnect: (host, port, timeoutSeconds) => call('tcpConnect', { host, port, timeoutSeconds }),
  };
}
