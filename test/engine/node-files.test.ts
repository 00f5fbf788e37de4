import { existsSync, mkdtempSync, rmSync, statSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import type { NodeFiles } from '../../src/engine/node-files.ts';
import { fakeNodeFiles } from '../../src/engine/node-files-fake.ts';
import { openNodeFiles } from '../../src/engine/node-files-real.ts';
import type { VolumeMountRequest } from '../../src/machines/effects.ts';

const machine = mkdtempSync(join(tmpdir(), 'podstep-test-'));
const file = join(machine, 'file');
writeFileSync(file, 'x');
afterAll(() => rmSync(machine, { recursive: true }));

const emptyDir = (mode?: number): VolumeMountRequest => ({
  volumeName: 'cache',
  podUid: 'u1',
  source: { kind: 'emptyDir', medium: '', forGroup: false, ...(mode === undefined ? {} : { mode }) },
});
const hostPath = (path: string, type: string): VolumeMountRequest => ({
  volumeName: 'data',
  podUid: 'u1',
  source: { kind: 'hostPath', path, type },
});
const logs = '/var/log/pods/default_web_u1';

const openers: Readonly<Record<string, () => Promise<NodeFiles>>> = {
  real: openNodeFiles,
  fake: async () => fakeNodeFiles({ [machine]: 'directory', [file]: 'file' }),
};

describe.each(Object.keys(openers))('%s node files', (name) => {
  const open = () => openers[name]?.() ?? Promise.reject(new Error(name));

  test('paths are the same in every run', async () => {
    const files = await open();
    await files.makePodDirectories('u1', logs);
    const path = await files.mountVolume(emptyDir());
    expect(path).toBe('/var/lib/kubelet/pods/u1/volumes/kubernetes.io~empty-dir/cache');
    expect(files.toNode(files.toReal(path))).toBe(path);
    expect(await files.mountVolume(emptyDir())).toBe(path);
    await files.close();
  });

  test('a pod directory goes only when no volume in it holds anything', async () => {
    const files = await open();
    await files.makePodDirectories('u1', logs);
    const path = await files.mountVolume(emptyDir());
    await files.writeText(`${path}/left`, 'behind');
    await expect(files.removePodDirectory('u1')).rejects.toThrow(
      `orphaned pod "u1" found, but failed to rmdir() volume at path ${path}: directory not empty`,
    );
    await files.unmountVolume(emptyDir());
    await files.removePodDirectory('u1');
    expect(await files.listDirectory('/var/lib/kubelet/pods')).toEqual([]);
    const left = await files.listDirectory('/var/log/pods');
    expect(left).toEqual([{ name: basename(logs), kind: 'directory', dangling: false }]);
    await files.removeDirectory(logs);
    expect(await files.listDirectory('/var/log/pods')).toEqual([]);
    expect(await files.listDirectory('/var/log/nowhere')).toEqual([]);
    await files.close();
  });

  test('hostPath checks what lies there, in the words of the kubelet', async () => {
    const files = await open();
    const mount = (path: string, type: string) => files.mountVolume(hostPath(path, type));
    expect(await mount(machine, 'Directory')).toBe(machine);
    expect(await mount(file, 'File')).toBe(file);
    expect(await mount(join(machine, 'absent'), '')).toBe(join(machine, 'absent'));
    const refusals = [
      [file, 'Directory', 'is not a directory'],
      [join(machine, 'absent'), 'Directory', 'is not a directory'],
      [machine, 'File', 'is not a file'],
      [file, 'Socket', 'is not a socket file'],
      [file, 'CharDevice', 'is not a character device'],
      [file, 'BlockDevice', 'is not a block device'],
    ] as const;
    for (const [path, type, text] of refusals) {
      await expect(mount(path, type)).rejects.toThrow(`hostPath type check failed: ${path} ${text}`);
    }
    expect(await mount(join(machine, 'made'), 'DirectoryOrCreate')).toBe(join(machine, 'made'));
    expect(await mount(join(machine, 'made.txt'), 'FileOrCreate')).toBe(join(machine, 'made.txt'));
    await files.close();
  });

  test('changes of one file follow one another in the order in which they were asked for', async () => {
    const files = await open();
    const path = '/var/lib/kubelet/state';
    const all = ['one', 'two', 'three'].map((text) => files.writeText(path, text));
    expect(await files.readText(path)).toBe('three');
    await Promise.all(all);
    await Promise.all([files.removeFile(path), files.writeText(path, 'four')]);
    expect(await files.readText(path)).toBe('four');
    await files.close();
  });

  test('a text is written whole, listed by name, and removed', async () => {
    const files = await open();
    const directory = '/etc/kubernetes/manifests';
    expect(await files.listFiles(directory)).toEqual([]);
    await files.writeText(`${directory}/web.yaml`, 'kind: Pod');
    await files.writeText(`${directory}/a.yaml`, 'kind: List');
    await files.writeText(`${directory}/web.yaml`, 'kind: Node');
    expect(await files.listFiles(directory)).toEqual([
      { name: 'a.yaml', text: 'kind: List' },
      { name: 'web.yaml', text: 'kind: Node' },
    ]);
    expect(await files.listFiles(`${directory}/web.yaml`)).toEqual([{ name: '', text: 'kind: Node' }]);
    expect(await files.readText(`${directory}/a.yaml`)).toBe('kind: List');
    await files.removeFile(`${directory}/a.yaml`);
    await files.removeFile(`${directory}/a.yaml`);
    await expect(files.readText(`${directory}/a.yaml`)).rejects.toMatchObject({
      code: 'NotFound',
      message: 'open /etc/kubernetes/manifests/a.yaml: no such file or directory',
    });
    await files.close();
  });
});

test('an emptyDir lies on the disk with its mode, and goes with the pod; the run leaves nothing', async () => {
  const files = await openNodeFiles();
  await files.makePodDirectories('u1', logs);
  const open = files.toReal(await files.mountVolume(emptyDir()));
  expect(statSync(open).mode & 0o7777).toBe(0o777);
  await files.unmountVolume(emptyDir());
  expect(existsSync(open)).toBe(false);
  const closed = files.toReal(await files.mountVolume(emptyDir(0o700)));
  expect(statSync(closed).mode & 0o7777).toBe(0o700);
  await files.removePodDirectory('u1');
  await files.removeDirectory(logs);
  expect(existsSync(files.toReal('/var/lib/kubelet/pods/u1'))).toBe(false);
  expect(existsSync(files.toReal(logs))).toBe(false);
  await files.unmountVolume(hostPath(machine, ''));
  expect(existsSync(machine)).toBe(true);
  const root = files.toReal('/var/lib/kubelet');
  await files.close();
  expect(existsSync(root)).toBe(false);
});

test('links to manifests are followed, and one that leads nowhere is no file', async () => {
  const manifests = mkdtempSync(join(machine, 'manifests-'));
  symlinkSync(file, join(manifests, 'linked.yaml'));
  symlinkSync(join(machine, 'nowhere'), join(manifests, 'dangling.yaml'));
  const files = await openNodeFiles({ manifestDirectory: manifests });
  expect(await files.listFiles('/etc/kubernetes/manifests')).toEqual([{ name: 'linked.yaml', text: 'x' }]);
  await files.close();
});
