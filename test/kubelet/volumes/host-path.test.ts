import { expect, test } from 'vitest';
import { checkHostPath } from '../../../src/kubelet/volumes/host-path.ts';

test('a type that demands something says what the path is not', () => {
  expect(checkHostPath('Directory', '/data', 'nothing')).toEqual({
    ok: false,
    error: 'hostPath type check failed: /data is not a directory',
  });
  expect(checkHostPath('BlockDevice', '/dev/x', 'character device')).toEqual({
    ok: false,
    error: 'hostPath type check failed: /dev/x is not a block device',
  });
});

test('only the types that create do so, and only where nothing is', () => {
  expect(checkHostPath('DirectoryOrCreate', '/data', 'nothing')).toHaveProperty('creates.kind', 'directory');
  expect(checkHostPath('DirectoryOrCreate', '/data', 'directory')).toEqual({ ok: true });
});
