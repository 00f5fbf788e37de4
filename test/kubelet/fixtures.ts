/** Pods and runtime records in short form, for the tests of the kubelet's decisions and for the vectors. */
import type { ContainerState, ContainerStatus, PodSandboxStatus } from '../../src/api/cri.ts';
import { ANNOTATION } from '../../src/api/cri.ts';
import type { Container, Pod, PodSpec } from '../../src/api/types.ts';

export function pod(spec: Partial<PodSpec> = {}, metadata: Partial<Pod['metadata']> = {}): Pod {
  return {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: {
      name: 'web',
      namespace: 'default',
      uid: 'uid-1',
      resourceVersion: '1',
      creationTimestamp: '2026-01-01T00:00:00Z',
      ...metadata,
    },
    spec: { containers: [{ name: 'app', image: 'busybox' }], ...spec },
  };
}

export function sandbox(fields: Partial<PodSandboxStatus> & { attempt?: number } = {}): PodSandboxStatus {
  const { attempt = 0, ...rest } = fields;
  return {
    id: 'sandbox-1',
    metadata: { name: 'web', uid: 'uid-1', namespace: 'default', attempt },
    state: 'SANDBOX_READY',
    createdAtMs: 0,
    ip: '10.0.0.1',
    labels: {},
    annotations: {},
    hostNetwork: false,
    ...rest,
  };
}

export function record(
  name: string,
  fields: Partial<ContainerStatus> & { attempt?: number; hash?: string } = {},
): ContainerStatus {
  const { attempt = 0, hash, ...rest } = fields;
  return {
    id: `id-${name}-${attempt}`,
    podSandboxId: 'sandbox-1',
    metadata: { name, attempt },
    state: 'CONTAINER_RUNNING',
    createdAtMs: 0,
    startedAtMs: 0,
    finishedAtMs: 0,
    exitCode: 0,
    image: '',
    imageRef: '',
    reason: '',
    message: '',
    labels: {},
    annotations: {
      ...(hash === undefined ? {} : { [ANNOTATION.containerHash]: hash }),
      [ANNOTATION.containerRestartCount]: String(attempt),
    },
    mounts: [],
    logPath: '',
    ...rest,
  };
}

const STATES: Readonly<Record<string, ContainerState>> = {
  running: 'CONTAINER_RUNNING',
  exited: 'CONTAINER_EXITED',
  created: 'CONTAINER_CREATED',
  unknown: 'CONTAINER_UNKNOWN',
};

/** CRI's word for the vectors' `running`, `exited`, `created`, `unknown`. */
export function containerState(word: string): ContainerState {
  const state = STATES[word.toLowerCase()];
  if (!state) throw new Error(`no container state ${word}`);
  return state;
}

interface ShortRule {
  readonly action: string;
  readonly exitCodesIn?: readonly number[];
  readonly exitCodesNotIn?: readonly number[];
}

/** A container as the vectors abbreviate it. */
export interface ShortContainer {
  readonly name: string;
  readonly image?: string;
  readonly restartPolicy?: string | null;
  readonly restartPolicyRules?: readonly ShortRule[];
  readonly livenessProbe?: boolean;
  readonly startupProbe?: boolean;
}

export function container(short: ShortContainer): Container {
  const probe = { exec: { command: ['true'] } };
  return {
    name: short.name,
    image: short.image ?? 'busybox',
    ...(short.restartPolicy ? { restartPolicy: short.restartPolicy } : {}),
    ...(short.restartPolicyRules
      ? {
          restartPolicyRules: short.restartPolicyRules.map((rule) => ({
            action: rule.action,
            exitCodes: rule.exitCodesIn
              ? { operator: 'In', values: [...rule.exitCodesIn] }
              : { operator: 'NotIn', values: [...(rule.exitCodesNotIn ?? [])] },
          })),
        }
      : {}),
    ...(short.livenessProbe ? { livenessProbe: probe } : {}),
    ...(short.startupProbe ? { startupProbe: probe } : {}),
  };
}
