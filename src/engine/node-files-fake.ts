/** The node's files without a disk: for tests, simulations and the fake runtime. */

import type { MeasuredVolume } from '../api/stats.ts';
import { podDirectory } from '../kubelet/paths.ts';
import { atomicLayout } from '../kubelet/volumes/atomic-writer.ts';
import type { FileKind } from '../kubelet/volumes/host-path.ts';
import type { VolumeMountRequest } from '../machines/effects.ts';
import { checkHostPath, type NodeFiles, noSuchFile, ownVolumePath, volumeNotEmpty } from './node-files.ts';

/** One block. */
const EMPTY_DIRECTORY_BYTES = 4096;

/** What a test can look at afterwards. */
export interface FakeNodeFiles extends NodeFiles {
  /** Every directory and mount that is still there. */
  readonly present: ReadonlySet<string>;
}

function usageIn(present: ReadonlySet<string>): readonly MeasuredVolume[] {
  const path = /\/pods\/([^/]+)\/volumes\/[^/]+\/([^/]+)$/;
  return [...present].sort().flatMap((directory) => {
    const [, podUid, name] = path.exec(directory) ?? [];
    if (podUid === undefined || name === undefined) return [];
    return [{ podUid, name, usedBytes: EMPTY_DIRECTORY_BYTES, inodesUsed: 1 }];
  });
}

/** `hostPaths` says what lies on the machine before the run. */
export function fakeNodeFiles(hostPaths: Readonly<Record<string, FileKind>> = {}): FakeNodeFiles {
  const present = new Set<string>();
  /** What the volumes there take; undefined: not known since one came or went. */
  let usage: readonly MeasuredVolume[] | undefined;
  const texts = new Map<string, string>();
  const machine = new Map(Object.entries(hostPaths));
  const underPod = (podUid: string) =>
    [...present].filter(
      (path) => path === podDirectory(podUid) || path.startsWith(`${podDirectory(podUid)}/`),
    );
  return {
    present,
    async makePodDirectories(podUid, logDirectory) {
      present.add(podDirectory(podUid)).add(logDirectory);
    },
    async removePodDirectory(podUid) {
      const volume = underPod(podUid).find((path) => path.includes('/volumes/'));
      if (volume !== undefined) throw volumeNotEmpty(podUid, volume);
      present.delete(podDirectory(podUid));
    },
    async listDirectory(directory) {
      const inside = [...present].filter((path) => path.startsWith(`${directory}/`));
      const names = new Set(inside.map((path) => path.slice(directory.length + 1).split('/')[0] ?? ''));
      return [...names].sort().map((name) => ({ name, kind: 'directory' as const, dangling: false }));
    },
    // No runtime writes logs here.
    async linkFile() {},
    fileSizes: async (paths) => paths.map(() => 0),
    async renameFile() {},
    async compressFile() {},
    async removeLog() {},
    async removeDirectory(path) {
      usage = undefined;
      for (const one of present) if (one === path || one.startsWith(`${path}/`)) present.delete(one);
    },
    async mountVolume(volume: VolumeMountRequest) {
      const { source } = volume;
      const own = ownVolumePath(volume);
      if (own !== undefined) present.add(own);
      usage = undefined;
      if (source.kind === 'files') {
        const { files } = atomicLayout(source.payload, source.versionDirectory);
        for (const [path, { data }] of Object.entries(files)) texts.set(`${own}/${path}`, data);
      }
      if (source.kind !== 'hostPath') return own ?? '';
      const creates = checkHostPath(source.path, source.type, machine.get(source.path));
      if (creates) machine.set(source.path, creates.kind);
      return source.path;
    },
    async unmountVolume(volume) {
      const own = ownVolumePath(volume);
      if (own === undefined) return;
      present.delete(own);
      usage = undefined;
      for (const path of texts.keys()) if (path.startsWith(`${own}/`)) texts.delete(path);
    },
    async volumeUsage() {
      usage ??= usageIn(present);
      return usage;
    },
    async readText(path) {
      const text = texts.get(path);
      if (text === undefined) throw noSuchFile(path);
      return text;
    },
    async writeText(path, text) {
      texts.set(path, text);
    },
    async appendText(path, text) {
      texts.set(path, (texts.get(path) ?? '') + text);
    },
    async removeFile(path) {
      texts.delete(path);
    },
    async listFiles(directory) {
      const itself = texts.get(directory);
      if (itself !== undefined) return [{ name: '', text: itself }];
      const inside = [...texts].filter(([path]) => path.slice(0, path.lastIndexOf('/')) === directory);
      return inside.sort().map(([path, text]) => ({ name: path.slice(directory.length + 1), text }));
    },
    onChange: () => undefined,
    toReal: (nodePath) => nodePath,
    toNode: (realPath) => realPath,
    tellNode: (text) => text,
    close: async () => present.clear(),
  };
}
