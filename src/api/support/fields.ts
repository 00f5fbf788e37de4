/**
 * The support table: what becomes of each Pod field here. README's table is made from it, and `apply`
 * warns about every field that a manifest sets and that nothing here honours.
 */
import { withDocker } from './docker-rows.ts';
import { type FieldSupport, note } from './row.ts';
import { CONTAINER_SECURITY_FIELDS, POD_SECURITY_FIELDS } from './security-fields.ts';
import { ENV_FIELDS, VOLUME_FIELDS } from './volume-fields.ts';

export { type FieldSupport, type Support, supportOn, type TableRuntime } from './row.ts';

const POD_FIELDS: readonly FieldSupport[] = [
  { path: 'spec.activeDeadlineSeconds', wasm: 'honoured' },
  {
    path: 'spec.affinity.*',
    wasm: 'honoured',
    note: note(
      'required node affinity, by admission; the rest is for the scheduler',
      '准入检查必需的节点亲和性；其余供调度器使用',
    ),
  },
  { path: 'spec.automountServiceAccountToken', wasm: 'honoured' },
  {
    path: 'spec.dnsConfig.*',
    wasm: 'honoured',
    note: note(
      'written to /etc/resolv.conf; no name server answers',
      '写入 /etc/resolv.conf；没有 DNS 服务器应答',
    ),
  },
  {
    path: 'spec.dnsPolicy',
    wasm: 'honoured',
    note: note(
      'written to /etc/resolv.conf; no name server answers',
      '写入 /etc/resolv.conf；没有 DNS 服务器应答',
    ),
  },
  { path: 'spec.enableServiceLinks', wasm: 'honoured' },
  {
    path: 'spec.ephemeralContainers',
    wasm: 'honoured',
    note: note('added by applying the pod again', '再次 apply 该 Pod 即可添加'),
  },
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
  { path: 'spec.hostnameOverride', wasm: 'honoured' },
  {
    path: 'spec.imagePullSecrets',
    wasm: 'honoured',
    note: note(
      'for the registry of the image; stand-ins under registry.example.com need user learner, password podstep',
      '用于镜像所在的仓库；registry.example.com 下的替身镜像需要用户 learner，密码 podstep',
    ),
  },
  {
    path: 'spec.nodeName',
    wasm: 'honoured',
    note: note('a pod bound to another node stays Pending', '绑定到其他节点的 Pod 一直处于 Pending'),
  },
  {
    path: 'spec.nodeSelector.*',
    wasm: 'honoured',
    note: note('by admission: a node without the labels refuses the pod', '由准入检查：节点缺少标签就拒绝'),
  },
  {
    path: 'spec.os.*',
    wasm: 'honoured',
    note: note('anything but linux is refused', '非 linux 一律拒绝'),
  },
  {
    path: 'spec.overhead.*',
    wasm: 'honoured',
    note: note('comes from the RuntimeClass', '来自 RuntimeClass'),
  },
  { path: 'spec.preemptionPolicy', wasm: 'inert', note: note('for the scheduler', '供调度器使用') },
  {
    path: 'spec.priority',
    wasm: 'honoured',
    note: note('comes from the PriorityClass', '来自 PriorityClass'),
  },
  { path: 'spec.priorityClassName', wasm: 'honoured' },
  { path: 'spec.readinessGates', wasm: 'honoured' },
  { path: 'spec.resourceClaims', wasm: 'warned' },
  {
    path: 'spec.resources.*',
    wasm: 'honoured',
    note: note(
      'memory is bounded for the pod as a whole, CPU container by container',
      '内存按整个 Pod 限制，CPU 按容器限制',
    ),
  },
  { path: 'spec.restartPolicy', wasm: 'honoured' },
  {
    path: 'spec.runtimeClassName',
    wasm: 'honoured',
    note: note(
      'its overhead and placement; the handler is always WASM',
      '采用其开销与调度约束；处理程序始终是 WASM',
    ),
  },
  { path: 'spec.schedulerName', wasm: 'inert', note: note('for the scheduler', '供调度器使用') },
  {
    path: 'spec.schedulingGates',
    wasm: 'warned',
    note: note('the pod is bound at once', 'Pod 会立即被绑定'),
  },
  { path: 'spec.schedulingGroup.*', wasm: 'inert', note: note('for the scheduler', '供调度器使用') },
  ...POD_SECURITY_FIELDS,
  { path: 'spec.serviceAccount', wasm: 'honoured' },
  { path: 'spec.serviceAccountName', wasm: 'honoured' },
  { path: 'spec.setHostnameAsFQDN', wasm: 'honoured' },
  {
    path: 'spec.shareProcessNamespace',
    wasm: 'honoured',
    note: note('process 1, the sandbox’s, ignores signals', '1 号进程属于沙箱，不理会信号'),
  },
  { path: 'spec.subdomain', wasm: 'honoured' },
  { path: 'spec.terminationGracePeriodSeconds', wasm: 'honoured' },
  {
    path: 'spec.tolerations',
    wasm: 'honoured',
    note: note(
      'of NoExecute taints, and of memory pressure; 300 s on a lost node are added',
      '针对 NoExecute 污点与内存压力；自动补上失联节点的 300 秒',
    ),
  },
  { path: 'spec.topologySpreadConstraints', wasm: 'inert', note: note('for the scheduler', '供调度器使用') },
  ...VOLUME_FIELDS,
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
    {
      path: `${probe}.grpc.*`,
      wasm: 'honoured',
      note: note('etcd and agnhost serve it', 'etcd 与 agnhost 的替身提供该服务'),
    },
    { path: `${probe}.initialDelaySeconds`, wasm: 'honoured' },
    { path: `${probe}.periodSeconds`, wasm: 'honoured' },
    { path: `${probe}.timeoutSeconds`, wasm: 'honoured' },
    { path: `${probe}.successThreshold`, wasm: 'honoured' },
    { path: `${probe}.failureThreshold`, wasm: 'honoured' },
    { path: `${probe}.terminationGracePeriodSeconds`, wasm: 'honoured' },
  ],
);

const CONTAINER_FIELDS: readonly FieldSupport[] = [
  { path: 'name', wasm: 'honoured' },
  {
    path: 'image',
    wasm: 'honoured',
    note: note(
      'well-known names run stand-ins written here; others are WebAssembly images from their registry',
      '知名镜像名运行的是本项目编写的替身；其余为从镜像仓库拉取的 WebAssembly 镜像',
    ),
  },
  { path: 'imagePullPolicy', wasm: 'honoured' },
  { path: 'command', wasm: 'honoured' },
  { path: 'args', wasm: 'honoured' },
  { path: 'workingDir', wasm: 'honoured' },
  ...ENV_FIELDS,
  { path: 'ports[].containerPort', wasm: 'honoured' },
  { path: 'ports[].name', wasm: 'honoured' },
  { path: 'ports[].protocol', wasm: 'honoured' },
  {
    path: 'ports[].hostPort',
    wasm: 'honoured',
    note: note(
      'TCP with --clock wall: 127.0.0.1 listens; no two pods may take the same',
      'TCP 且 --clock wall 时由 127.0.0.1 监听；两个 Pod 不能占用同一端口',
    ),
  },
  { path: 'ports[].hostIP', wasm: 'warned' },
  { path: 'resources.limits.memory', wasm: 'honoured' },
  {
    path: 'resources.limits.cpu',
    wasm: 'honoured',
    note: note('the guest is slowed down to it', '沙箱的速度会被限制到该值'),
  },
  { path: 'resources.requests.*', wasm: 'honoured', note: note('for admission and QoS', '用于准入与 QoS') },
  {
    path: 'resources.limits.ephemeral-storage',
    wasm: 'honoured',
    note: note('a pod that uses more is evicted', '超过该值的 Pod 会被驱逐'),
  },
  { path: 'resources.claims', wasm: 'warned' },
  {
    path: 'resizePolicy',
    wasm: 'honoured',
    note: note('a manifest that changes only resources is a resize', '仅改变资源的清单即为原地调整'),
  },
  { path: 'restartPolicy', wasm: 'honoured' },
  { path: 'restartPolicyRules', wasm: 'honoured' },
  { path: 'lifecycle.postStart.*', wasm: 'honoured' },
  { path: 'lifecycle.preStop.*', wasm: 'honoured' },
  { path: 'lifecycle.stopSignal', wasm: 'honoured' },
  { path: 'terminationMessagePath', wasm: 'honoured' },
  { path: 'terminationMessagePolicy', wasm: 'honoured' },
  ...CONTAINER_SECURITY_FIELDS,
  {
    path: 'stdin',
    wasm: 'honoured',
    note: note(
      'open and silent: podstep has no command that attaches',
      '保持打开但没有输入：podstep 尚无 attach 命令',
    ),
  },
  { path: 'stdinOnce', wasm: 'honoured' },
  { path: 'tty', wasm: 'honoured' },
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
  withDocker(CONTAINER_FIELDS).map((field) => ({ ...field, path: `spec.${list}[].${field.path}` }));

/** Every field of a Pod's spec that a manifest may set. */
export const FIELD_SUPPORT: readonly FieldSupport[] = [
  ...withDocker(POD_FIELDS),
  ...below('containers'),
  ...below('initContainers'),
];
/** The table as a reader needs it: containers once, for both lists. */
export const FIELD_SUPPORT_TABLE: readonly FieldSupport[] = [
  ...withDocker(POD_FIELDS),
  ...withDocker(CONTAINER_FIELDS).map((field) => ({ ...field, path: `containers[].${field.path}` })),
];
