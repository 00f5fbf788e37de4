/** The defaults of one volume: an emptyDir when no source is named, modes, hostPath's type (SetDefaults_Volume). */
import { defaultPullPolicy } from '../image-name.ts';
import type { Volume } from '../types.ts';
import { defaultFieldRef } from './container.ts';

/** Readable by all, writable by the owner: 0644. */
const FILE_MODE = 0o644;
/** How long a projected service account token is good for. */
const TOKEN_SECONDS = 3600;

type DownwardItems = NonNullable<NonNullable<Volume['downwardAPI']>['items']>;
type Projection = NonNullable<NonNullable<Volume['projected']>['sources']>[number];

/** Returns the volume with every default filled in. */
export function defaultVolume(volume: Volume): Volume {
  const { hostPath, secret, configMap, downwardAPI, projected, image } = volume;
  if (Object.keys(volume).every((key) => key === 'name')) return { ...volume, emptyDir: {} };
  return {
    ...volume,
    ...(hostPath && { hostPath: { ...hostPath, type: hostPath.type ?? '' } }),
    ...(secret && { secret: { ...secret, defaultMode: secret.defaultMode ?? FILE_MODE } }),
    ...(configMap && { configMap: { ...configMap, defaultMode: configMap.defaultMode ?? FILE_MODE } }),
    ...(downwardAPI && {
      downwardAPI: {
        ...downwardAPI,
        defaultMode: downwardAPI.defaultMode ?? FILE_MODE,
        ...(downwardAPI.items && { items: defaultItems(downwardAPI.items) }),
      },
    }),
    ...(projected && {
      projected: {
        ...projected,
        defaultMode: projected.defaultMode ?? FILE_MODE,
        ...(projected.sources && { sources: projected.sources.map(defaultProjection) }),
      },
    }),
    ...(image && {
      image: { ...image, pullPolicy: image.pullPolicy || defaultPullPolicy(image.reference ?? '') },
    }),
  };
}

function defaultItems(items: DownwardItems): DownwardItems {
  return items.map((item) => (item.fieldRef ? { ...item, fieldRef: defaultFieldRef(item.fieldRef) } : item));
}

function defaultProjection(source: Projection): Projection {
  const { serviceAccountToken, downwardAPI } = source;
  return {
    ...source,
    ...(serviceAccountToken && {
      serviceAccountToken: {
        ...serviceAccountToken,
        expirationSeconds: serviceAccountToken.expirationSeconds ?? TOKEN_SECONDS,
      },
    }),
    ...(downwardAPI?.items && { downwardAPI: { ...downwardAPI, items: defaultItems(downwardAPI.items) } }),
  };
}
