/** The support table's rows of volumes and of what an environment is made of. */
import { type FieldSupport, note } from './row.ts';

/** Kinds that a plugin of a cloud or of a storage system would mount. */
const NO_PLUGIN = [
  'awsElasticBlockStore',
  'azureDisk',
  'azureFile',
  'cephfs',
  'cinder',
  'csi',
  'fc',
  'flexVolume',
  'flocker',
  'gcePersistentDisk',
  'gitRepo',
  'glusterfs',
  'iscsi',
  'nfs',
  'photonPersistentDisk',
  'portworxVolume',
  'quobyte',
  'rbd',
  'scaleIO',
  'storageos',
  'vsphereVolume',
] as const;

export const VOLUME_FIELDS: readonly FieldSupport[] = [
  { path: 'spec.volumes[].name', wasm: 'honoured' },
  {
    path: 'spec.volumes[].emptyDir.medium',
    wasm: 'honoured',
    note: note(
      '`Memory` is full at its size and is the memory of who writes it, but lies on disk here',
      '`Memory` 达到大小上限即写满，并计入写入者的内存，但在这里仍放在磁盘上',
    ),
  },
  { path: 'spec.volumes[].emptyDir.mode', wasm: 'honoured' },
  {
    path: 'spec.volumes[].emptyDir.sizeLimit',
    wasm: 'honoured',
    note: note('the pod that exceeds it is evicted', '超过限制的 Pod 会被驱逐'),
  },
  { path: 'spec.volumes[].hostPath.*', wasm: 'honoured' },
  ...(['configMap', 'secret', 'downwardAPI'] as const).map(
    (source): FieldSupport => ({
      path: `spec.volumes[].${source}.*`,
      wasm: 'honoured',
      note: note('files follow their object; a guest sees no modes', '文件随对象更新；沙箱里看不到权限位'),
    }),
  ),
  { path: 'spec.volumes[].projected.sources[].configMap.*', wasm: 'honoured' },
  { path: 'spec.volumes[].projected.sources[].secret.*', wasm: 'honoured' },
  { path: 'spec.volumes[].projected.sources[].downwardAPI.*', wasm: 'honoured' },
  {
    path: 'spec.volumes[].projected.sources[].serviceAccountToken.*',
    wasm: 'honoured',
    note: note('bound to the pod, renewed at 80 % of its life', '绑定到该 Pod，用去 80% 有效期时更新'),
  },
  ...(['clusterTrustBundle', 'podCertificate'] as const).map(
    (source): FieldSupport => ({
      path: `spec.volumes[].projected.sources[].${source}.*`,
      wasm: 'stuck',
      note: note('FailedMount, the pod stays ContainerCreating', 'FailedMount，Pod 停留在 ContainerCreating'),
    }),
  ),
  { path: 'spec.volumes[].projected.defaultMode', wasm: 'honoured' },
  {
    path: 'spec.volumes[].persistentVolumeClaim.*',
    wasm: 'honoured',
    note: note(
      'bound to persistent volumes of kind hostPath or local',
      '绑定到 hostPath 或 local 类型的持久卷',
    ),
  },
  {
    path: 'spec.volumes[].ephemeral.*',
    wasm: 'honoured',
    note: note("a claim of the pod's own", '属于该 Pod 自己的声明'),
  },
  {
    path: 'spec.volumes[].image.*',
    wasm: 'honoured',
    note: note(
      'the files of a stand-in or of an image from a registry, read-only',
      '替身镜像或镜像仓库中镜像的文件，只读',
    ),
  },
  ...NO_PLUGIN.map(
    (source): FieldSupport => ({
      path: `spec.volumes[].${source}.*`,
      wasm: 'stuck',
      note: note(
        'FailedMount: no volume plugin matched; the pod stays ContainerCreating',
        'FailedMount：没有匹配的卷插件；Pod 停留在 ContainerCreating',
      ),
    }),
  ),
];

export const ENV_FIELDS: readonly FieldSupport[] = [
  { path: 'env[].name', wasm: 'honoured' },
  { path: 'env[].value', wasm: 'honoured' },
  ...(['fieldRef', 'resourceFieldRef', 'configMapKeyRef', 'secretKeyRef', 'fileKeyRef'] as const).map(
    (source): FieldSupport => ({ path: `env[].valueFrom.${source}.*`, wasm: 'honoured' }),
  ),
  { path: 'envFrom', wasm: 'honoured' },
];
