/** The other side of the comparison: `run --rm` of a busybox by Docker and by podman, where they answer. */
import { execFile } from 'node:child_process';
import { cp, mkdir, mkdtemp, rm, symlink } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import type { Contender } from './measure.ts';

const IMAGE = 'localhost/podstep-bench-busybox:latest';
const execute = promisify(execFile);

interface Engine {
  readonly name: string;
  /** The client with the options that it needs here. */
  readonly client: readonly string[];
  readonly runOptions: readonly string[];
}

/** Podman without systemd and without the right to raise limits, as in many a container; its network is left out. */
const PODMAN_HERE = ['--cgroup-manager', 'cgroupfs', '--runtime', 'runc'];
const ENGINES: readonly Engine[] = [
  { name: 'docker', client: ['docker'], runOptions: [] },
  {
    name: 'podman',
    client: ['podman', ...PODMAN_HERE],
    runOptions: ['--network', 'none', '--ulimit', 'nofile=1024:1024', '--ulimit', 'nproc=1024:1024'],
  },
];

async function call({ client }: Engine, args: readonly string[], timeout = 60_000): Promise<void> {
  const [command = '', ...options] = client;
  await execute(command, [...options, ...args], { timeout });
}

/** This machine's own static busybox as an image: the same everywhere, and no registry is asked. */
async function importBusybox(engine: Engine): Promise<void> {
  const directory = await mkdtemp(join(tmpdir(), 'podstep-bench-'));
  try {
    await mkdir(join(directory, 'root', 'bin'), { recursive: true });
    await cp('/bin/busybox', join(directory, 'root/bin/busybox'));
    for (const name of ['sh', 'true']) await symlink('busybox', join(directory, 'root/bin', name));
    const archive = join(directory, 'busybox.tar');
    await execute('tar', ['-C', join(directory, 'root'), '-cf', archive, '.']);
    await call(engine, ['import', archive, IMAGE]);
  } finally {
    await rm(directory, { recursive: true });
  }
}

/** What can be compared with here, and for each that cannot why not. */
export async function engines(): Promise<{ readonly here: Contender[]; readonly missing: string[] }> {
  const here: Contender[] = [];
  const missing: string[] = [];
  for (const engine of ENGINES) {
    const run = ['run', '--rm', ...engine.runOptions, IMAGE, 'true'];
    try {
      await call(engine, ['version'], 10_000);
      await importBusybox(engine);
      await call(engine, run);
      here.push({ what: `${engine.name} run --rm busybox true`, work: () => call(engine, run) });
    } catch (error) {
      const [first = ''] = (error instanceof Error ? error.message : String(error)).split('\n');
      missing.push(`no comparison with ${engine.name}: ${first}`);
    }
  }
  return { here, missing };
}

/** Takes the image away again. */
export async function forgetBusybox(): Promise<void> {
  for (const engine of ENGINES) await call(engine, ['rmi', IMAGE]).catch(() => undefined);
}
