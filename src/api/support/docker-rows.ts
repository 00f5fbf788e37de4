/** Where real containers differ from WebAssembly: what becomes of these fields on a Docker Engine. The others are alike. */
import { type FieldSupport, note, type RuntimeSupport } from './row.ts';

const honoured = (remark?: RuntimeSupport['note']): RuntimeSupport =>
  remark === undefined ? { support: 'honoured' } : { support: 'honoured', note: remark };

const NO_CLUSTER_DNS = note(
  'written to /etc/resolv.conf; no name server of a cluster answers there',
  '写入 /etc/resolv.conf；没有集群 DNS 服务器应答',
);
const PROFILES = note(
  '`RuntimeDefault` is the Engine’s own; `Localhost` lies below `/var/lib/kubelet/seccomp`',
  '`RuntimeDefault` 是 Engine 自己的；`Localhost` 位于 `/var/lib/kubelet/seccomp` 之下',
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
  'spec.securityContext.sysctls': honoured(note('set in the sandbox’s namespaces', '在沙箱的命名空间中设置')),
  ...Object.fromEntries(
    ['spec.securityContext', 'securityContext'].flatMap((at) => [
      [`${at}.seccompProfile.*`, honoured(PROFILES)],
      [
        `${at}.seLinuxOptions.*`,
        honoured(note('where the Engine’s machine has SELinux', '需要 Engine 所在机器启用 SELinux')),
      ],
    ]),
  ),
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
  'securityContext.allowPrivilegeEscalation': honoured(),
  'securityContext.capabilities.*': honoured(
    note('beside the Engine’s own list', '在 Engine 自己的列表之外'),
  ),
  'securityContext.procMount': honoured(),
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
