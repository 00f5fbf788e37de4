/** qos.json against src/kubelet/qos.ts. */
import { formatQuantity } from '../../../src/api/quantity/format.ts';
import {
  collectContainerLevelResources,
  collectPodLevelResources,
  computePodQos,
  type QosResources,
} from '../../../src/kubelet/qos.ts';
import type { VectorAdapter, VectorCase } from '../adapter.ts';

interface Resources {
  readonly requests?: Record<string, string>;
  readonly limits?: Record<string, string>;
}
type Named = Resources & { readonly name: string };
interface PodInput {
  readonly containers?: readonly Named[];
  readonly initContainers?: readonly Named[];
  readonly podResources?: Resources;
  readonly podLevelResources?: boolean;
}

const containers = (list: readonly Named[] = []) =>
  list.map(({ name, requests, limits }) => ({ name, resources: { requests, limits } }));

function collected({ requests, limits, allLimitsPresent }: QosResources): unknown {
  const texts = (amounts: QosResources['limits']) =>
    Object.fromEntries([...amounts].map(([name, amount]) => [name, formatQuantity(amount)]));
  return { requests: texts(requests), limits: texts(limits), allLimitsPresent };
}

const adapter: VectorAdapter = {
  groups: {
    '': ({ input }: VectorCase<PodInput>) => ({
      qosClass: computePodQos({
        containers: containers(input.containers),
        initContainers: containers(input.initContainers),
        resources: input.podLevelResources ? input.podResources : undefined,
      }),
    }),
    'collect-pod-level': ({ input }: VectorCase<PodInput>) =>
      collected(collectPodLevelResources(input.podResources ?? {})),
    'collect-container-level': ({ input }: VectorCase<PodInput>) =>
      collected(
        collectContainerLevelResources([
          ...containers(input.containers),
          ...containers(input.initContainers),
        ]),
      ),
  },
};
export default adapter;
