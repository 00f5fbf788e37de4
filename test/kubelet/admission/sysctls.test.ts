import { expect, test } from 'vitest';
import type { PodSpec } from '../../../src/api/types.ts';
import { forbiddenSysctl } from '../../../src/kubelet/admission/sysctls.ts';
import { pod } from '../fixtures.ts';

const asking = (name: string, spec: Partial<PodSpec> = {}) =>
  pod({ securityContext: { sysctls: [{ name, value: '1' }] }, ...spec });

test('safe ones need no leave, the others the name or a pattern', () => {
  expect(forbiddenSysctl(asking('net.ipv4.tcp_syncookies'), [])).toBeUndefined();
  expect(forbiddenSysctl(asking('kernel.msgmax'), [])?.reason).toBe('SysctlForbidden');
  expect(forbiddenSysctl(asking('kernel.msgmax'), ['kernel.msgmax'])).toBeUndefined();
  expect(forbiddenSysctl(asking('kernel.msgmax'), ['kernel.msg*'])).toBeUndefined();
});

test('slashes and dots name the same', () => {
  expect(forbiddenSysctl(asking('net/ipv4/tcp_syncookies'), [])).toBeUndefined();
  expect(forbiddenSysctl(asking('kernel/msgmax'), [])?.message).toBe(
    'forbidden sysctl: "kernel.msgmax" not allowlisted',
  );
});

test('a pod in the host’s namespace may not set what belongs to it', () => {
  expect(forbiddenSysctl(asking('net.ipv4.tcp_syncookies', { hostNetwork: true }), [])?.message).toBe(
    'forbidden sysctl: "net.ipv4.tcp_syncookies" not allowed with host net enabled',
  );
  expect(forbiddenSysctl(asking('kernel.shm_rmid_forced', { hostIPC: true }), [])?.message).toBe(
    'forbidden sysctl: "kernel.shm_rmid_forced" not allowed with host ipc enabled',
  );
});
