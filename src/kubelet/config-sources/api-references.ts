/** What a static pod may not have: references to objects that only the API server can give. */
import type { Container, Pod } from '../../api/types.ts';
import { allContainers } from '../pod-spec.ts';

type Volume = NonNullable<Pod['spec']['volumes']>[number];

/**
 * The plural resource that the pod refers to, with the way it does, as the refusal names it; undefined when
 * it refers to none (pkg/api/pod/util.go HasAPIObjectReference; gate PreventStaticPodAPIReferences).
 */
export function apiObjectReference({ spec }: Pod): string | undefined {
  if (spec.serviceAccountName) return 'serviceaccounts';
  const containers = [
    ...allContainers({ spec } as Pod),
    ...((spec.ephemeralContainers ?? []) as Container[]),
  ];
  const volumes = spec.volumes ?? [];
  const secrets = spec.imagePullSecrets?.length || volumes.some(hasSecret);
  if (secrets || containers.some((container) => refersTo(container, 'secret'))) return 'secrets';
  if (volumes.some(hasConfigMap) || containers.some((container) => refersTo(container, 'configMap'))) {
    return 'configmaps';
  }
  if (spec.resourceClaims?.length) return 'resourceclaims';
  for (const volume of volumes) {
    const found = volumeReference(volume);
    if (found !== undefined) return found;
  }
  return undefined;
}

function refersTo({ env = [], envFrom = [] }: Container, kind: 'secret' | 'configMap'): boolean {
  return (
    envFrom.some((source) => source[`${kind}Ref`] !== undefined) ||
    env.some(({ valueFrom }) => valueFrom?.[`${kind}KeyRef`] !== undefined)
  );
}

/** VisitPodSecretNames: also the secrets that a driver needs to mount its volume. */
function hasSecret({ secret, projected, csi, azureFile }: Volume): boolean {
  const inProjection = projected?.sources?.some((source) => source.secret !== undefined) === true;
  return (
    Boolean(secret?.secretName) ||
    inProjection ||
    csi?.nodePublishSecretRef !== undefined ||
    Boolean(azureFile)
  );
}

function hasConfigMap({ configMap, projected }: Volume): boolean {
  return (
    configMap !== undefined || projected?.sources?.some((source) => source.configMap !== undefined) === true
  );
}

function volumeReference({
  csi,
  glusterfs,
  persistentVolumeClaim,
  ephemeral,
  projected,
}: Volume): string | undefined {
  if (csi !== undefined) return 'csidrivers (via CSI volumes)';
  if (glusterfs !== undefined) return 'endpoints (via glusterFS volumes)';
  if (persistentVolumeClaim !== undefined) return 'persistentvolumeclaims';
  if (ephemeral !== undefined) return 'persistentvolumeclaims (via ephemeral volumes)';
  for (const source of projected?.sources ?? []) {
    if (source.serviceAccountToken !== undefined) return 'serviceaccounts (via projected volumes)';
    if (source.clusterTrustBundle !== undefined) return 'clustertrustbundles';
  }
  return undefined;
}
