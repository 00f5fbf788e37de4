/** Where real containers differ from WebAssembly: what becomes of these fields on a Docker Engine. The others are alike. */
import { type FieldSupport, note, type RuntimeSupport } from './row.ts';

const honoured = (remark?: RuntimeSupport['note']): RuntimeSupport =>
  remark === undefined ? { support: 'honoured' } : { support: 'honoured', note: remark };

const NO_CLUSTER_DNS = note(
  'written to /etc/resolv.conf; no name server of a cluster answers there',
  '写入 /etc/resolv.conf；没有集群 DNS 服务器应答',
);
const NOT_HANDED_ON = note(
  'not handed on to the Engine; the Engine’s own default holds, seccomp is off',
  '不会传给 Engine；沿用 Engine 自己的默认值，seccomp 关闭',
);
const IDENTITY = note(
  'the kernel’s own rules; volumes are not given to the group',
  '遵循内核自己的规则；卷不会改属该组',
);

/** By the table's path; of a container's fields, below the container. */
const DOCKER: Readonly<Record<string, RuntimeSupport>> = {
  'spec.dnsConfig.*': honoured(NO_CLUSTER_DNS),
  'spec.dnsPolicy': honoured(NO_CLUSTER_DNS),
  'spec.hostNetwork': honoured(),
  'spec.hostUsers': { support: 'warned' },
  'spec.imagePullSecrets': honoured(note('for the registry of the image', '用于镜像所在的镜像仓库')),
  'spec.runtimeClassName': honoured(
    note(
      'its overhead and placement; the handler is the Engine’s own',
      '只用其开销与调度；处理程序总是 Engine 自己的',
    ),
  ),
  'spec.shareProcessNamespace': honoured(
    note('process 1 is the sandbox’s pause program', '1 号进程是沙箱的 pause 程序'),
  ),
  'spec.resources.*': honoured(
    note(
      'the bounds of the pod’s group, on the Engine’s own machine',
      'Pod 控制组的上限，须在 Engine 所在的机器上',
    ),
  ),
  'spec.securityContext.runAsUser': honoured(IDENTITY),
  'spec.securityContext.runAsGroup': honoured(IDENTITY),
  'spec.securityContext.supplementalGroups': honoured(IDENTITY),
  'spec.securityContext.fsGroup': honoured(IDENTITY),
  'spec.securityContext.sysctls': {
    support: 'warned',
    note: note('checked by admission, not set in the sandbox', '由准入检查，但不会在沙箱中设置'),
  },
  'spec.volumes[].emptyDir.medium': honoured(
    note(
      '`Memory` lies on disk here; only eviction holds its size',
      '`Memory` 在这里放在磁盘上；大小只由驱逐保证',
    ),
  ),
  'spec.volumes[].image.*': honoured(
    note(
      'from API 1.48 on; an older Engine refuses the container',
      '需要 API 1.48 以上；更旧的 Engine 会拒绝该容器',
    ),
  ),
  image: honoured(note('from its registry, as the Engine pulls it', '由 Engine 从镜像仓库拉取')),
  'ports[].hostPort': honoured(note('as Docker publishes it', '由 Docker 发布')),
  'resources.limits.cpu': honoured(note('a quota of the kernel’s', '由内核的配额限制')),
  stdin: honoured(),
  'securityContext.privileged': honoured(),
  'securityContext.runAsUser': honoured(IDENTITY),
  'securityContext.runAsGroup': honoured(IDENTITY),
  ...Object.fromEntries(
    [
      'allowPrivilegeEscalation',
      'capabilities.*',
      'procMount',
      'seLinuxOptions.*',
      'seccompProfile.*',
      'windowsOptions.*',
    ].map((field) => [
      `securityContext.${field}`,
      { support: 'warned', note: NOT_HANDED_ON } satisfies RuntimeSupport,
    ]),
  ),
  ...Object.fromEntries(
    ['livenessProbe', 'readinessProbe', 'startupProbe'].flatMap((probe) => [
      [`${probe}.httpGet.*`, honoured()],
      [`${probe}.grpc.*`, honoured()],
    ]),
  ),
};

/** The rows, each with what Docker makes of it where that is something else. */
export function withDocker(fields: readonly FieldSupport[]): readonly FieldSupport[] {
  return fields.map((field) => {
    const docker = DOCKER[field.path];
    return docker === undefined ? field : { ...field, docker };
  });
}
