/** Addresses for services: each gets one of its own when it is made. */
import type { KubeObject } from '../api/types.ts';
import { nextUint32, type RandomState } from '../lib/random.ts';
import type { Store } from './store.ts';

/** Of 10.96.0.0/16; the API server's own service has the first. */
const PREFIX = '10.96';
export const KUBERNETES_SERVICE_IP = `${PREFIX}.0.1`;
/** Where kubeadm puts CoreDNS, and kubelets' `clusterDNS` finds it. */
export const CLUSTER_DNS_IP = `${PREFIX}.0.10`;

/** The lowest 256 addresses are for those who choose one (pkg/registry/core/service/ipallocator, calculateRangeOffset). */
const RESERVED = 256;
const SIZE = 65_536;

interface ServiceSpec {
  readonly type?: string;
  readonly clusterIP?: string;
  readonly [field: string]: unknown;
}

const specOf = (service: KubeObject) => (service.spec ?? {}) as ServiceSpec;

/** The service with its address; a headless one, and an ExternalName, have none. */
export function withClusterIP(
  store: Store,
  service: KubeObject,
): readonly [service: KubeObject, random: RandomState] {
  const spec = specOf(service);
  if (spec.type === 'ExternalName') return [service, store.random];
  const [clusterIP, random] = spec.clusterIP ? [spec.clusterIP, store.random] : freeAddress(store);
  const families = { ipFamilies: ['IPv4'], ipFamilyPolicy: 'SingleStack' };
  return [{ ...service, spec: { ...families, ...spec, clusterIP, clusterIPs: [clusterIP] } }, random];
}

function freeAddress(store: Store): [address: string, random: RandomState] {
  const services = [...store.objects.values()].filter(({ kind }) => kind === 'Service');
  const taken = new Set(services.map((service) => specOf(service).clusterIP));
  let random = store.random;
  for (;;) {
    const [word, next] = nextUint32(random);
    random = next;
    // Neither the network's own address nor the broadcast one.
    const offset = RESERVED + (word % (SIZE - RESERVED - 1));
    const address = `${PREFIX}.${offset >> 8}.${offset & 255}`;
    if (!taken.has(address)) return [address, random];
  }
}
