/**
 * The ServiceAccount admission: every pod runs as an account of its namespace, and gets the account's token,
 * the cluster's certificate and its namespace as files (plugin/pkg/admission/serviceaccount/admission.go).
 */
import type { Container, KubeObject, PodSpec, Volume } from '../api/types.ts';
import { PodstepError } from '../lib/errors.ts';
import type { RandomState } from '../lib/random.ts';
import { generateName } from './names.ts';
import { find, type Store } from './store.ts';

const TOKEN_DIRECTORY = '/var/run/secrets/kubernetes.io/serviceaccount';
const VOLUME_PREFIX = 'kube-api-access-';

/** An hour and a little: by that the API server knows tokens that were mounted by this admission (WarnOnlyBoundTokenExpirationPeriod). */
export const MOUNTED_TOKEN_SECONDS = 3607;

const MIRROR_POD = 'kubernetes.io/config.mirror';

interface Account {
  readonly automountServiceAccountToken?: boolean;
  readonly imagePullSecrets?: PodSpec['imagePullSecrets'];
}

/**
 * The pod as it is stored. `before` is what is stored already: an update keeps the volume that the pod got.
 * @throws PodstepError BAD_MANIFEST when the namespace has no such account
 */
export function admitServiceAccount(
  store: Store,
  pod: KubeObject,
  before?: KubeObject,
): readonly [pod: KubeObject, random: RandomState] {
  // Static pods know no API server.
  const annotations = (pod.metadata.annotations ?? {}) as Record<string, string>;
  if (annotations[MIRROR_POD] !== undefined) return [pod, store.random];
  const spec = pod.spec as PodSpec;
  const name = spec.serviceAccountName || 'default';
  const account = accountOf(store, pod, name);
  const pullSecrets = spec.imagePullSecrets?.length ? spec.imagePullSecrets : account.imagePullSecrets;
  const named: PodSpec = {
    ...spec,
    serviceAccountName: name,
    serviceAccount: name,
    ...(pullSecrets === undefined ? {} : { imagePullSecrets: pullSecrets }),
  };
  const mounts = spec.automountServiceAccountToken ?? account.automountServiceAccountToken ?? true;
  if (!mounts) return [{ ...pod, spec: named }, store.random];
  const had = accessVolumeOf(before) ?? accessVolumeOf(pod);
  const [volumeName, random] =
    had === undefined ? generateName(VOLUME_PREFIX, store.random) : [had, store.random];
  return [{ ...pod, spec: withToken(named, volumeName) }, random];
}

function accountOf(store: Store, { metadata }: KubeObject, name: string): Account {
  const namespace = metadata.namespace ?? 'default';
  const account = find(store, 'ServiceAccount', namespace, name);
  if (account !== undefined) return account as Account;
  throw new PodstepError(
    'BAD_MANIFEST',
    `pods "${metadata.name ?? ''}" is forbidden: error looking up service account ${namespace}/${name}: serviceaccount "${name}" not found`,
  );
}

function accessVolumeOf(pod: KubeObject | undefined): string | undefined {
  const { volumes = [] } = (pod?.spec ?? {}) as Partial<PodSpec>;
  return volumes.find(({ name }) => name.startsWith(VOLUME_PREFIX))?.name;
}

/** mountServiceAccountToken: containers that mount something of their own there are left alone. */
function withToken(spec: PodSpec, volumeName: string): PodSpec {
  const mounted = (container: Container): Container => {
    const mounts = container.volumeMounts ?? [];
    if (mounts.some(({ mountPath }) => mountPath === TOKEN_DIRECTORY)) return container;
    return {
      ...container,
      volumeMounts: [...mounts, { name: volumeName, readOnly: true, mountPath: TOKEN_DIRECTORY }],
    };
  };
  const containers = spec.containers.map(mounted);
  const initContainers = spec.initContainers?.map(mounted);
  const all = [...containers, ...(initContainers ?? [])];
  const needed = all.some(({ volumeMounts }) => volumeMounts?.some(({ name }) => name === volumeName));
  const present = spec.volumes?.some(({ name }) => name === volumeName) === true;
  return {
    ...spec,
    ...(initContainers === undefined ? {} : { initContainers }),
    containers,
    ...(needed && !present ? { volumes: [...(spec.volumes ?? []), accessVolume(volumeName)] } : {}),
  };
}

/** TokenVolumeSource. */
function accessVolume(name: string): Volume {
  const fieldRef = { apiVersion: 'v1', fieldPath: 'metadata.namespace' };
  return {
    name,
    projected: {
      defaultMode: 0o644,
      sources: [
        { serviceAccountToken: { expirationSeconds: MOUNTED_TOKEN_SECONDS, path: 'token' } },
        { configMap: { name: 'kube-root-ca.crt', items: [{ key: 'ca.crt', path: 'ca.crt' }] } },
        { downwardAPI: { items: [{ path: 'namespace', fieldRef }] } },
      ],
    },
  };
}
