/** The port's network: the runtime thread connects, because the pods' network is in its memory. */
import type { PodNetwork } from '../port.ts';
import type { IssueOrder } from './issue-order.ts';
import type { Node } from './node.ts';

export function threadNetwork(node: Node, order: IssueOrder): PodNetwork {
  return {
    async setServices(services) {
      node.services = services;
      const { answer } = await order.run(async () => {
        return { answer: node.thread.call('setServices', services) };
      });
      return answer;
    },
    async httpGet(request, timeoutSeconds) {
      const { answer } = await order.run(async () => {
        return { answer: node.thread.call('httpGet', { request, timeoutSeconds }) };
      });
      return answer;
    },
    async grpcHealthCheck(host, port, service, timeoutSeconds) {
      const { answer } = await order.run(async () => {
        return { answer: node.thread.call('grpcHealthCheck', { host, port, service, timeoutSeconds }) };
      });
      return answer;
    },
    async tcpConnect(host, port, timeoutSeconds) {
      const { answer } = await order.run(async () => {
        return { answer: node.thread.call('tcpConnect', { host, port, timeoutSeconds }) };
      });
      return answer;
    },
  };
}
