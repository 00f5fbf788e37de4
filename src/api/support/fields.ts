/**
 * The support table: what becomes of each Pod field here. README's table is made from it, and `apply`
 * warns about every field that a manifest sets and that nothing here honours.
 */
import type { Message } from '../../messages/catalogue.ts';

/**
 * - `honoured`: it does what Kubernetes documents.
 * - `inert`: accepted and kept; it speaks to a part that a lone node does not have (a scheduler, a service
 *   account controller), so leaving it aside changes nothing that the kubelet does.
 * - `warned`: not honoured; `apply` says so in a warning.
 * - `stuck`: the kubelet cannot go on without it: the pod waits, with an event that names the reason.
 */
export type Support = 'honoured' | 'inert' | 'warned' | 'stuck';

export interface FieldSupport {
  /** Path below the Pod; `[]` stands for every item, a last `.*` for everything below. */
  readonly path: string;
  readonly wasm: Support;
  readonly note?: Message;
}

const note = (en: string, zh: string): Message => ({ en, zh });

const OTHER_VOLUMES = [
  'awsElasticBlockStore',
  'azureDisk',
  'azureFile',
  'cephfs',
  'cinder',
  'configMap',
  'csi',
  'downwardAPI',
  'ephemeral',
  'fc',
  'flexVolume',
  'flocker',
  'gcePersistentDisk',
  'gitRepo',
  'glusterfs',
  'image',
  'iscsi',
  'nfs',
  'persistentVolumeClaim',
  'photonPersistentDisk',
  'portworxVolume',
  'projected',
  'quobyte',
  'rbd',
  'scaleIO',
  'secret',
  'storageos',
  'vsphereVolume',
] as const;

const POD_SECURITY = [
  'appArmorProfile.*',
  'fsGroup',
  'fsGroupChangePolicy',
  'runAsGroup',
  'runAsUser',
  'seLinuxChangePolicy',
  'seLinuxOptions.*',
  'seccompProfile.*',
  'supplementalGroups',
  'supplementalGroupsPolicy',
  'sysctls',
  'windowsOptions.*',
] as const;

const POD_FIELDS: readonly FieldSupport[] = [
  { path: 'spec.activeDeadlineSeconds', wasm: 'honoured' },
  { path: 'spec.affinity.*', wasm: 'inert', note: note('for the scheduler', '供调度器使用') },
  {
    path: 'spec.automountServiceAccountToken',
    wasm: 'inert',
    note: note('no token is ever mounted', '从不挂载令牌'),
  },
  { path: 'spec.dnsConfig.*', wasm: 'warned' },
  { path: 'spec.dnsPolicy', wasm: 'inert', note: note('there is no cluster DNS', '没有集群 DNS') },
  {
    path: 'spec.enableServiceLinks',
    wasm: 'inert',
    note: note('there are no Services to link', '没有可链接的 Service'),
  },
  { path: 'spec.ephemeralContainers', wasm: 'warned' },
  { path: 'spec.hostAliases', wasm: 'honoured' },
  { path: 'spec.hostIPC', wasm: 'warned' },
  {
    path: 'spec.hostNetwork',
    wasm: 'stuck',
    note: note('a guest never gets the host network', '沙箱永远得不到主机网络'),
  },
  { path: 'spec.hostPID', wasm: 'warned' },
  {
    path: 'spec.hostUsers',
    wasm: 'warned',
    note: note('a guest has no users of the host at all', '沙箱里根本没有主机用户'),
  },
  { path: 'spec.hostname', wasm: 'honoured' },
  { path: 'spec.hostnameOverride', wasm: 'warned' },
  {
    path: 'spec.imagePullSecrets',
    wasm: 'warned',
    note: note('stand-in images need none', '替身镜像不需要'),
  },
  {
    path: 'spec.nodeName',
    wasm: 'honoured',
    note: note('a pod bound to another node stays Pending', '绑定到其他节点的 Pod 一直处于 Pending'),
  },
  { path: 'spec.nodeSelector.*', wasm: 'inert', note: note('for the scheduler', '供调度器使用') },
  { path: 'spec.os.*', wasm: 'inert' },
  { path: 'spec.overhead.*', wasm: 'warned' },
  { path: 'spec.preemptionPolicy', wasm: 'inert', note: note('for the scheduler', '供调度器使用') },
  { path: 'spec.priority', wasm: 'warned' },
  { path: 'spec.priorityClassName', wasm: 'warned' },
  { path: 'spec.readinessGates', wasm: 'honoured' },
  { path: 'spec.resourceClaims', wasm: 'warned' },
  { path: 'spec.resources.*', wasm: 'warned' },
  { path: 'spec.restartPolicy', wasm: 'honoured' },
  { path: 'spec.runtimeClassName', wasm: 'warned' },
  { path: 'spec.schedulerName', wasm: 'inert', note: note('for the scheduler', '供调度器使用') },
  {
    path: 'spec.schedulingGates',
    wasm: 'warned',
    note: note('the pod is bound at once', 'Pod 会立即被绑定'),
  },
  { path: 'spec.schedulingGroup.*', wasm: 'inert', note: note('for the scheduler', '供调度器使用') },
  { path: 'spec.securityContext.runAsNonRoot', wasm: 'honoured' },
  ...POD_SECURITY.map((field): FieldSupport => ({ path: `spec.securityContext.${field}`, wasm: 'warned' })),
  { path: 'spec.serviceAccount', wasm: 'inert', note: note('no token is ever mounted', '从不挂载令牌') },
  { path: 'spec.serviceAccountName', wasm: 'inert', note: note('no token is ever mounted', '从不挂载令牌') },
  { path: 'spec.setHostnameAsFQDN', wasm: 'warned' },
  {
    path: 'spec.shareProcessNamespace',
    wasm: 'warned',
    note: note('each container has its own processes', '每个容器只有自己的进程'),
  },
  { path: 'spec.subdomain', wasm: 'warned' },
  { path: 'spec.terminationGracePeriodSeconds', wasm: 'honoured' },
  { path: 'spec.tolerations', wasm: 'inert', note: note('nothing here taints the node', '这里没有污点') },
  { path: 'spec.topologySpreadConstraints', wasm: 'inert', note: note('for the scheduler', '供调度器使用') },
  { path: 'spec.volumes[].name', wasm: 'honoured' },
  {
    path: 'spec.volumes[].emptyDir.medium',
    wasm: 'honoured',
    note: note('`Memory` lies on disk here', '`Memory` 在这里仍放在磁盘上'),
  },
  { path: 'spec.volumes[].emptyDir.mode', wasm: 'honoured' },
  {
    path: 'spec.volumes[].emptyDir.sizeLimit',
    wasm: 'warned',
    note: note('kept, but nothing evicts by it yet', '保留，但尚不会据此驱逐'),
  },
  { path: 'spec.volumes[].hostPath.*', wasm: 'honoured' },
  ...OTHER_VOLUMES.map(
    (source): FieldSupport => ({
      path: `spec.volumes[].${source}.*`,
      wasm: 'stuck',
      note: note('FailedMount, the pod stays ContainerCreating', 'FailedMount，Pod 停留在 ContainerCreating'),
    }),
  ),
];

const PROBE_FIELDS: readonly FieldSupport[] = ['livenessProbe', 'readinessProbe', 'startupProbe'].flatMap(
  (probe): FieldSupport[] => [
    { path: `${probe}.exec.*`, wasm: 'honoured' },
    {
      path: `${probe}.httpGet.*`,
      wasm: 'honoured',
      note: note('scheme HTTP; HTTPS is refused by every stand-in', '仅 HTTP；替身镜像都不提供 HTTPS'),
    },
    { path: `${probe}.tcpSocket.*`, wasm: 'honoured' },
    { path: `${probe}.grpc.*`, wasm: 'warned' },
    { path: `${probe}.initialDelaySeconds`, wasm: 'honoured' },
    { path: `${probe}.periodSeconds`, wasm: 'honoured' },
    { path: `${probe}.timeoutSeconds`, wasm: 'honoured' },
    { path: `${probe}.successThreshold`, wasm: 'honoured' },
    { path: `${probe}.failureThreshold`, wasm: 'honoured' },
    { path: `${probe}.terminationGracePeriodSeconds`, wasm: 'honoured' },
  ],
);

const PRIVILEGES = [
  'allowPrivilegeEscalation',
  'appArmorProfile.*',
  'capabilities.*',
  'privileged',
  'procMount',
  'seLinuxOptions.*',
  'seccompProfile.*',
  'windowsOptions.*',
] as const;

const CONTAINER_FIELDS: readonly FieldSupport[] = [
  { path: 'name', wasm: 'honoured' },
  {
    path: 'image',
    wasm: 'honoured',
    note: note('well-known names run stand-ins written here', '知名镜像名运行的是本项目编写的替身'),
  },
  { path: 'imagePullPolicy', wasm: 'honoured' },
  { path: 'command', wasm: 'honoured' },
  { path: 'args', wasm: 'honoured' },
  { path: 'workingDir', wasm: 'honoured' },
  { path: 'env[].name', wasm: 'honoured' },
  { path: 'env[].value', wasm: 'honoured' },
  { path: 'env[].valueFrom.fieldRef.*', wasm: 'honoured' },
  { path: 'env[].valueFrom.resourceFieldRef.*', wasm: 'honoured' },
  {
    path: 'env[].valueFrom.configMapKeyRef.*',
    wasm: 'stuck',
    note: note('CreateContainerConfigError', 'CreateContainerConfigError'),
  },
  {
    path: 'env[].valueFrom.secretKeyRef.*',
    wasm: 'stuck',
    note: note('CreateContainerConfigError', 'CreateContainerConfigError'),
  },
  {
    path: 'env[].valueFrom.fileKeyRef.*',
    wasm: 'stuck',
    note: note('CreateContainerConfigError', 'CreateContainerConfigError'),
  },
  { path: 'envFrom', wasm: 'stuck', note: note('CreateContainerConfigError', 'CreateContainerConfigError') },
  { path: 'ports[].containerPort', wasm: 'honoured' },
  { path: 'ports[].name', wasm: 'honoured' },
  { path: 'ports[].protocol', wasm: 'honoured' },
  { path: 'ports[].hostPort', wasm: 'warned' },
  { path: 'ports[].hostIP', wasm: 'warned' },
  { path: 'resources.limits.memory', wasm: 'honoured' },
  {
    path: 'resources.limits.cpu',
    wasm: 'honoured',
    note: note('the guest is slowed down to it', '沙箱的速度会被限制到该值'),
  },
  { path: 'resources.requests.*', wasm: 'honoured', note: note('for admission and QoS', '用于准入与 QoS') },
  { path: 'resources.claims', wasm: 'warned' },
  { path: 'resizePolicy', wasm: 'warned' },
  { path: 'restartPolicy', wasm: 'honoured' },
  { path: 'restartPolicyRules', wasm: 'honoured' },
  { path: 'lifecycle.postStart.*', wasm: 'honoured' },
  { path: 'lifecycle.preStop.*', wasm: 'honoured' },
  { path: 'lifecycle.stopSignal', wasm: 'honoured' },
  { path: 'terminationMessagePath', wasm: 'honoured' },
  { path: 'terminationMessagePolicy', wasm: 'honoured' },
  { path: 'securityContext.readOnlyRootFilesystem', wasm: 'honoured' },
  ...PRIVILEGES.map(
    (field): FieldSupport => ({
      path: `securityContext.${field}`,
      wasm: 'warned',
      note: note('a guest has no kernel privileges to begin with', '沙箱本来就没有任何内核权限'),
    }),
  ),
  { path: 'securityContext.runAsNonRoot', wasm: 'honoured' },
  ...['runAsUser', 'runAsGroup'].map(
    (field): FieldSupport => ({
      path: `securityContext.${field}`,
      wasm: 'warned',
      note: note('every process is root in its own sandbox', '每个进程在自己的沙箱里都是 root'),
    }),
  ),
  {
    path: 'stdin',
    wasm: 'honoured',
    note: note('open and silent: nobody can attach yet', '保持打开但没有输入：尚不能 attach'),
  },
  { path: 'stdinOnce', wasm: 'warned' },
  { path: 'tty', wasm: 'warned' },
  { path: 'volumeMounts[].name', wasm: 'honoured' },
  { path: 'volumeMounts[].mountPath', wasm: 'honoured' },
  { path: 'volumeMounts[].readOnly', wasm: 'honoured' },
  { path: 'volumeMounts[].recursiveReadOnly', wasm: 'warned' },
  { path: 'volumeMounts[].mountPropagation', wasm: 'warned' },
  { path: 'volumeMounts[].subPath', wasm: 'honoured' },
  { path: 'volumeMounts[].subPathExpr', wasm: 'honoured' },
  { path: 'volumeDevices', wasm: 'warned' },
  ...PROBE_FIELDS,
];

const below = (list: string): FieldSupport[] =>
  CONTAINER_FIELDS.map((field) => ({ ...field, path: `spec.${list}[].${field.path}` }));

/** Every field of a Pod's spec that a manifest may set. */
export const FIELD_SUPPORT: readonly FieldSupport[] = [
  ...POD_FIELDS,
  ...below('containers'),
  ...below('initContainers'),
];
/** The table as a reader needs it: containers once, for both lists. */
export const FIELD_SUPPORT_TABLE: readonly FieldSupport[] = [
  ...POD_FIELDS,
  ...CONTAINER_FIELDS.map((field) => ({ ...field, path: `containers[].${field.path}` })),
];
