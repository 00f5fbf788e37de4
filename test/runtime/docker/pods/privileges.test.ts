import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import type { LinuxContainerSecurityContext } from '../../../../src/api/cri-security.ts';
import { privileges } from '../../../../src/runtime/docker/pods/privileges.ts';

const directory = mkdtempSync(join(tmpdir(), 'podstep-privileges-'));
afterAll(() => rmSync(directory, { recursive: true }));

const plain: LinuxContainerSecurityContext = { readonlyRootfs: false, privileged: false };

test('nothing said: no seccomp profile, and the Engine’s own capabilities and paths', () => {
  expect(privileges(plain)).toEqual({ SecurityOpt: ['seccomp=unconfined'] });
});

test('capabilities, no new privileges, SELinux labels and an open /proc are handed on', () => {
  const context = {
    ...plain,
    capabilities: { add: ['NET_ADMIN'], drop: ['ALL'] },
    noNewPrivs: true,
    selinuxOptions: { type: 'spc_t', level: 's0:c1,c2', user: '' },
    maskedPaths: [],
    readonlyPaths: [],
  };
  expect(privileges(context)).toEqual({
    CapAdd: ['NET_ADMIN'],
    CapDrop: ['ALL'],
    SecurityOpt: ['seccomp=unconfined', 'label=type:spc_t', 'label=level:s0:c1,c2', 'no-new-privileges'],
    MaskedPaths: [],
    ReadonlyPaths: [],
  });
});

describe('seccomp', () => {
  const localhost = (localhostRef: string) =>
    privileges({ ...plain, seccomp: { profileType: 'Localhost', localhostRef } });

  test('the runtime’s default is the Engine’s: nothing is asked for', () => {
    expect(privileges({ ...plain, seccomp: { profileType: 'RuntimeDefault' } }).SecurityOpt).toEqual([]);
  });

  test('a profile of the node goes along as its text', () => {
    const file = join(directory, 'audit.json');
    writeFileSync(file, '{\n  "defaultAction": "SCMP_ACT_LOG"\n}\n');
    expect(localhost(file).SecurityOpt).toEqual(['seccomp={"defaultAction":"SCMP_ACT_LOG"}']);
  });

  test('one that is missing, or is no JSON, is refused with its path', () => {
    const missing = join(directory, 'nope.json');
    const why = `open ${missing}: no such file or directory`;
    expect(() => localhost(missing)).toThrow(`cannot load seccomp profile "${missing}": ${why}`);
    const broken = join(directory, 'broken.json');
    writeFileSync(broken, '{');
    expect(() => localhost(broken)).toThrow(`cannot load seccomp profile "${broken}": SyntaxError`);
  });
});
