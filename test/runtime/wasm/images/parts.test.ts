import { describe, expect, it } from 'vitest';
import type { ImageFile } from '../../../../src/runtime/wasm/image.ts';
import { imageDirectory } from '../../../../src/runtime/wasm/images/home.ts';
import { readLayer, UNPACK_LIMITS } from '../../../../src/runtime/wasm/images/layer.ts';
import { familiarName, parseReference, taggedName } from '../../../../src/runtime/wasm/images/reference.ts';
import { RootFiles } from '../../../../src/runtime/wasm/images/root-files.ts';
import { findStandIn, pullableNames, readStandIns } from '../../../../src/runtime/wasm/images/stand-in.ts';
import { writeTar } from '../../../../src/runtime/wasm/images/tar.ts';

describe('references', () => {
  it.each([
    ['busybox', 'docker.io/library/busybox:latest'],
    ['busybox:1.28', 'docker.io/library/busybox:1.28'],
    ['polinux/stress', 'docker.io/polinux/stress:latest'],
    ['registry.k8s.io/busybox', 'registry.k8s.io/busybox:latest'],
    ['localhost/x', 'localhost/x:latest'],
    ['localhost:5000/x:1', 'localhost:5000/x:1'],
    ['registry.example:5000/a/b', 'registry.example:5000/a/b:latest'],
    ['index.docker.io/library/nginx:1', 'docker.io/library/nginx:1'],
    ['docker.io/nginx', 'docker.io/library/nginx:latest'],
  ])('%s is %s', (short, full) => {
    expect(taggedName(parseReference(short))).toBe(full);
  });

  it('keep a digest beside or instead of the tag', () => {
    const digest = `sha256:${'a'.repeat(64)}`;
    expect(parseReference(`x@${digest}`)).toEqual({ repository: 'docker.io/library/x', tag: '', digest });
    expect(parseReference(`x:1@${digest}`)).toEqual({ repository: 'docker.io/library/x', tag: '1', digest });
  });

  it('are shown as people write them', () => {
    expect(familiarName('docker.io/library/busybox:1')).toBe('busybox:1');
    expect(familiarName('docker.io/polinux/stress')).toBe('polinux/stress');
    expect(familiarName('registry.k8s.io/pause:3.10')).toBe('registry.k8s.io/pause:3.10');
  });
});

describe('the stand-ins that come with podstep', () => {
  it.each([
    ['busybox', 'busybox'],
    ['busybox:1.28', 'busybox'],
    ['registry.k8s.io/busybox:1.27.2', 'busybox'],
    ['alpine:3', 'busybox'],
    ['debian', 'busybox'],
    ['nginx:1.14.2', 'nginx'],
    ['docker.io/library/nginx', 'nginx'],
    ['polinux/stress', 'stress'],
    ['vish/stress', 'vish-stress'],
    ['registry.k8s.io/pause:3.10', 'pause'],
    ['redis', 'redis'],
    ['mysql', undefined],
    ['registry.example/busybox', undefined],
  ])('answer %s with %s', async (image, expected) => {
    expect(findStandIn(await readStandIns(), image)?.name).toBe(expected);
  });

  it('are told by the names that people know', async () => {
    expect(pullableNames(await readStandIns())).toEqual(
      expect.arrayContaining(['busybox', 'nginx', 'polinux/stress']),
    );
  });
});

async function filesOf(archive: Uint8Array): Promise<readonly ImageFile[]> {
  const root = new RootFiles(UNPACK_LIMITS);
  await readLayer(archive, { bytes: 0, entries: 0 }, UNPACK_LIMITS, (entry) => root.apply(entry));
  return root.list();
}

describe('tar layers', () => {
  it('come back as they were, with long paths and other alphabets', async () => {
    const long = `/${'a'.repeat(60)}/${'b'.repeat(90)}`;
    const files: ImageFile[] = [
      { type: 'directory', path: '/tmp', mode: 0o1777 },
      { type: 'file', path: '/empty', mode: 0o644, content: new Uint8Array() },
      { type: 'file', path: '/容器', mode: 0o600, content: new TextEncoder().encode('x'.repeat(1025)) },
      { type: 'file', path: long, mode: 0o755, content: new Uint8Array(512).fill(7) },
      { type: 'symlink', path: '/link', target: '/tmp' },
    ];
    const archive = await writeTar(files);
    expect(archive.length % 512).toBe(0);
    const back = (await filesOf(archive)).map((file) =>
      file.type === 'file' ? { ...file, content: Uint8Array.from(file.content) } : file,
    );
    const byPath = (one: ImageFile, other: ImageFile) => (one.path < other.path ? -1 : 1);
    const isNew = ({ path }: ImageFile) => files.some((file) => file.path === path);
    expect(back.filter(isNew)).toEqual([...files].sort(byPath));
  });

  it('that are damaged are refused', async () => {
    const archive = await writeTar([{ type: 'file', path: '/x', mode: 0o644, content: new Uint8Array(600) }]);
    const changed = Uint8Array.from(archive);
    changed[0] = 0x41;
    await expect(filesOf(changed)).rejects.toThrow(/checksum/);
    await expect(filesOf(archive.subarray(0, 1024))).rejects.toThrow(/truncated/);
  });

  it('hold paths and targets that ustar has no room for', async () => {
    const long = `${'a'.repeat(200)}/${'b'.repeat(200)}`;
    const link: ImageFile = { type: 'symlink', path: `/${long}`, target: `/tmp/${long}` };
    expect(await filesOf(await writeTar([link]))).toContainEqual(link);
  });
});

describe('the directory of the store', () => {
  it('follows PODSTEP_HOME, then XDG_DATA_HOME, then the home directory', () => {
    expect(imageDirectory({ PODSTEP_HOME: '/p', XDG_DATA_HOME: '/x' })).toBe('/p/images');
    expect(imageDirectory({ XDG_DATA_HOME: '/x' })).toBe('/x/podstep/images');
    expect(imageDirectory({})).toMatch(/\/\.local\/share\/podstep\/images$/);
  });
});
