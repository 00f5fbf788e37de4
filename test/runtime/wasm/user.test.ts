import { expect, test } from 'vitest';
import { resolveUser } from '../../../src/runtime/wasm/user.ts';

const text = (content: string) => new TextEncoder().encode(content);
const file = (path: string, content: string) =>
  ({ type: 'file', path, mode: 0o644, content: text(content) }) as const;
const files = [
  file('/etc/passwd', 'root:x:0:0:root:/root:/bin/sh\nnginx:x:101:102:nginx:/cache:/bin/false\n'),
  file('/etc/group', 'root:x:0:\nnginx:x:102:\nlog:x:4:nginx\n'),
];
const security = { readonlyRootfs: false, privileged: false };
const resolve = (user: string, more: object = {}) =>
  resolveUser(
    { ...security, ...more },
    {
      files,
      config: { entrypoint: [], cmd: [], env: [], workingDir: '', user, stopSignal: '', exposedPorts: [] },
    },
  );

test('an image that names nobody runs as root', () => {
  expect(resolve('')).toEqual({ uid: 0, gid: 0, supplementalGroups: [0], home: '/root' });
});

test('a name of the image brings its primary group and the groups that list it', () => {
  const nginx = { uid: 101, gid: 102, supplementalGroups: [4, 102], home: '/cache' };
  expect(resolve('nginx')).toEqual(nginx);
  expect(resolve('', { runAsUser: 101 })).toEqual(nginx);
  expect(resolve('nginx:log')).toMatchObject({ gid: 4 });
});

test('a number that the image does not know stands for itself, in the group of root', () => {
  expect(resolve('', { runAsUser: 1000, supplementalGroups: [7] })).toMatchObject({
    uid: 1000,
    gid: 0,
    supplementalGroups: [0, 7],
  });
  expect(resolve('', { runAsUser: 1000, runAsGroup: 3000 }).gid).toBe(3000);
});

test('a name that the image does not know cannot start', () => {
  expect(() => resolve('ghost')).toThrow('unable to find user ghost: no matching entries in passwd file');
});
