/** What kube-proxy would make of the cluster's Services: for each port of a cluster IP, where connections go. */
import type { VirtualPort } from '../../api/service-network.ts';
import type { KubeObject, Pod } from '../../api/types.ts';
import { podsBehind, serviceSpecOf, targetPortOf } from './endpoints.ts';

/** Node ports, load balancers and external IPs are not there: nothing comes from outside of a node that is alone. */
export function virtualPorts(services: readonly KubeObject[], pods: readonly Pod[]): readonly VirtualPort[] {
  return services.flatMap((service) => {
    const { clusterIP = '', ports = [], sessionAffinity } = serviceSpecOf(service);
    if (clusterIP === '' || clusterIP === 'None') return [];
    const behind = podsBehind(service, pods);
    return ports.flatMap((servicePort): readonly VirtualPort[] => {
      const { port, protocol = 'TCP' } = servicePort;
      if (protocol !== 'TCP' && protocol !== 'UDP') return [];
      const endpoints = behind.flatMap((pod) => {
        const target = targetPortOf(pod, servicePort);
        return target === undefined ? [] : [{ ip: pod.status?.podIP ?? '', port: target }];
      });
      return [{ ip: clusterIP, protocol, port, endpoints, sticky: sessionAffinity === 'ClientIP' }];
    });
  });
}
