/** Which fields of the security contexts the runtimes honour. */
import { type FieldSupport, note } from './row.ts';

const IDENTITY = note(
  'permission bits count in the image, not in volumes',
  '权限位对镜像文件生效，对卷不生效',
);

const POD_SECURITY = [
  'fsGroupChangePolicy',
  'seLinuxChangePolicy',
  'seLinuxOptions.*',
  'seccompProfile.*',
  'windowsOptions.*',
] as const;

const PRIVILEGES = [
  'allowPrivilegeEscalation',
  'capabilities.*',
  'privileged',
  'procMount',
  'seLinuxOptions.*',
  'seccompProfile.*',
  'windowsOptions.*',
] as const;

/** Of `spec.securityContext`. */
export const POD_SECURITY_FIELDS: readonly FieldSupport[] = [
  ...['runAsUser', 'runAsGroup', 'supplementalGroups', 'fsGroup'].map(
    (field): FieldSupport => ({ path: `spec.securityContext.${field}`, wasm: 'honoured', note: IDENTITY }),
  ),
  { path: 'spec.securityContext.runAsNonRoot', wasm: 'honoured' },
  {
    path: 'spec.securityContext.appArmorProfile.*',
    wasm: 'honoured',
    note: note('refused, as by a node without AppArmor', '被拒绝，如同没有 AppArmor 的节点'),
  },
  {
    path: 'spec.securityContext.supplementalGroupsPolicy',
    wasm: 'honoured',
    note: note('Strict is refused', 'Strict 被拒绝'),
  },
  {
    path: 'spec.securityContext.sysctls',
    wasm: 'honoured',
    note: note('by admission; a guest has no kernel to set', '由准入检查；沙箱没有可设置的内核'),
  },
  ...POD_SECURITY.map((field): FieldSupport => ({ path: `spec.securityContext.${field}`, wasm: 'warned' })),
];

/** Of a container's `securityContext`. */
export const CONTAINER_SECURITY_FIELDS: readonly FieldSupport[] = [
  { path: 'securityContext.readOnlyRootFilesystem', wasm: 'honoured' },
  ...PRIVILEGES.map(
    (field): FieldSupport => ({
      path: `securityContext.${field}`,
      wasm: 'warned',
      note: note('a guest has no kernel privileges to begin with', '沙箱本来就没有任何内核权限'),
    }),
  ),
  { path: 'securityContext.runAsNonRoot', wasm: 'honoured' },
  {
    path: 'securityContext.appArmorProfile.*',
    wasm: 'honoured',
    note: note('refused, as by a node without AppArmor', '被拒绝，如同没有 AppArmor 的节点'),
  },
  ...['runAsUser', 'runAsGroup'].map(
    (field): FieldSupport => ({ path: `securityContext.${field}`, wasm: 'honoured', note: IDENTITY }),
  ),
];
