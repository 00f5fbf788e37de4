/** A folder of stand-ins for the tests, and an empty store beside it. */
import { copyFile, mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { openImageStore, type WasmImages } from '../../../../src/runtime/wasm/images/store.ts';

/** The smallest component of the real ones. */
export const PAUSE = join(import.meta.dirname, '../../../../workloads/pause/pause.wasm');

const ONE = `
name: one
version: 1.0.0
description: The first.
names: [one:*, registry.example/team/one:1.2]
programs:
  - { component: one/one.wasm, paths: [/bin/one, /bin/same] }
entrypoint: [/bin/one]
cmd: [--flag, "a b"]
env: [A=1]
workingDir: /srv
user: "1000"
stopSignal: SIGQUIT
exposedPorts: [80/tcp]
files:
  - { path: /tmp, directory: true, mode: 01777 }
  - { path: /etc/motd, content: "hello\\n" }
  - { path: /bin/link, symlink: /bin/one }
`;

const TWO = `
name: two
version: 1.0.0
description: The second, on top of the first.
names: [two:*]
base: one
programs:
  - { component: two/two.wasm, paths: [/bin/two, /bin/same] }
cmd: [two]
`;

export interface Fixture {
  readonly root: string;
  readonly workloads: string;
  readonly store: string;
  open(): Promise<WasmImages>;
  put(path: string, content: string | Uint8Array): Promise<void>;
  remove(): Promise<void>;
}

export async function makeFixture(): Promise<Fixture> {
  const root = await mkdtemp(join(tmpdir(), 'podstep-images-'));
  const workloads = join(root, 'workloads');
  const store = join(root, 'store');
  const put = async (path: string, content: string | Uint8Array) => {
    await mkdir(dirname(join(root, path)), { recursive: true });
    await writeFile(join(root, path), content);
  };
  await put('workloads/one/image.yaml', ONE);
  await put('workloads/two/image.yaml', TWO);
  await put('workloads/two/rootfs/usr/share/two/index.html', '<p>two</p>\n');
  await copyFile(PAUSE, join(workloads, 'one/one.wasm'));
  await copyFile(PAUSE, join(workloads, 'two/two.wasm'));
  return {
    root,
    workloads,
    store,
    put,
    open: () =>
      openImageStore({ directory: store, workloadsDirectory: workloads, now: () => 1_700_000_000_000 }),
    remove: () => rm(root, { recursive: true, force: true }),
  };
}

export async function readJson(...path: readonly string[]): Promise<unknown> {
  return JSON.parse(await readFile(join(...path), 'utf8'));
}
