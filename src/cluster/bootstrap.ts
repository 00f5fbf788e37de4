/** What every cluster has before anybody applies anything, and what every namespace gets when it is made. */
import type { KubeObject } from '../api/types.ts';
import { KUBERNETES_SERVICE_IP } from './cluster-ips.ts';
import { type Delta, find, insert, type Store } from './store.ts';

/** Where every pod finds the API server (pkg/controlplane/controller/kubernetesservice). */
const KUBERNETES_SERVICE: KubeObject = {
  apiVersion: 'v1',
  kind: 'Service',
  metadata: {
    name: 'kubernetes',
    namespace: 'default',
    labels: { component: 'apiserver', provider: 'kubernetes' },
  },
  spec: {
    type: 'ClusterIP',
    clusterIP: KUBERNETES_SERVICE_IP,
    clusterIPs: [KUBERNETES_SERVICE_IP],
    ipFamilies: ['IPv4'],
    ipFamilyPolicy: 'SingleStack',
    internalTrafficPolicy: 'Cluster',
    sessionAffinity: 'None',
    ports: [{ name: 'https', port: 443, protocol: 'TCP', targetPort: 6443 }],
  },
  status: { loadBalancer: {} },
};

/** The certificate of the cluster's authority, valid from 2026 to 2035; whoever signed it is gone. */
const ROOT_CA = `-----BEGIN CERTIFICATE-----
MIIBMTCB5KADAgECAgEBMAUGAytlcDAVMRMwEQYDVQQDDAprdWJlcm5ldGVzMB4X
DTI1MTIzMTAwMDAwMFoXDTM1MTIyOTAwMDAwMFowFTETMBEGA1UEAwwKa3ViZXJu
ZXRlczAqMAUGAytlcAMhABQ6PVRiK2ZQ1QWXF/IK9wJ+ObHEJC9txCZyIUzxqrQn
o1kwVzAPBgNVHRMBAf8EBTADAQH/MA4GA1UdDwEB/wQEAwICpDAdBgNVHQ4EFgQU
n3Db38Gdl7w0zldYbivYJbHPpBcwFQYDVR0RBA4wDIIKa3ViZXJuZXRlczAFBgMr
ZXADQQBj/VlQeyvIzvAeHFjbFuwz8XYvBMOQta1vNyiuCNata0gneIsF7BRIZFHw
2afL62dNSsDNql6La+ZRarreYYMG
-----END CERTIFICATE-----
`;

/** Several changes, one after the other. */
export interface Changes {
  readonly store: Store;
  readonly deltas: readonly Delta[];
}

/** The namespace `default` and the service of the API server. */
export function bootstrap(store: Store, atMs: number): Changes {
  const home = makeNamespace(store, 'default', atMs);
  return added(home, KUBERNETES_SERVICE, atMs);
}

/** A namespace, and what controllers put into each at once: its service account and the cluster's certificate. */
export function makeNamespace(store: Store, name: string, atMs: number): Changes {
  const namespace: KubeObject = {
    apiVersion: 'v1',
    kind: 'Namespace',
    metadata: { name, labels: { 'kubernetes.io/metadata.name': name } },
    spec: { finalizers: ['kubernetes'] },
    status: { phase: 'Active' },
  };
  return furnish(added({ store, deltas: [] }, namespace, atMs), name, atMs);
}

/** pkg/controller/serviceaccount and pkg/controller/certificates/rootcacertpublisher. */
export function furnish(made: Changes, namespace: string, atMs: number): Changes {
  const account: KubeObject = {
    apiVersion: 'v1',
    kind: 'ServiceAccount',
    metadata: { name: 'default', namespace },
  };
  const certificate: KubeObject = {
    apiVersion: 'v1',
    kind: 'ConfigMap',
    metadata: {
      name: 'kube-root-ca.crt',
      namespace,
      annotations: {
        'kubernetes.io/description':
          'Contains a CA bundle that can be used to verify the kube-apiserver when using internal endpoints such as the internal service IP or kubernetes.default.svc. No other usage is guaranteed across distributions of Kubernetes clusters.',
      },
    },
    data: { 'ca.crt': ROOT_CA },
  };
  return [account, certificate].reduce((before, object) => added(before, object, atMs), made);
}

/** One object more, unless it is there already. */
function added(before: Changes, object: KubeObject, atMs: number): Changes {
  const { kind, metadata } = object;
  if (find(before.store, kind, metadata.namespace ?? '', metadata.name ?? '') !== undefined) return before;
  const change = insert(before.store, object, atMs);
  return { store: change.store, deltas: [...before.deltas, ...change.deltas] };
}
