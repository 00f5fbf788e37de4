/** The other side of the comparison: `docker run --rm` of a busybox, where Docker answers. */
import { execFile, execFileSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { promisify } from 'node:util';
import { type Figures, repeat } from './measure.ts';

const IMAGE = 'busybox';
const run = promisify(execFile);

/** Why there is nothing to compare with; undefined when `docker run` works. */
async function missing(): Promise<string | undefined> {
  try {
    await run('docker', ['version', '--format', '{{.Server.Version}}'], { timeout: 5_000 });
  } catch {
    return 'Docker does not answer here';
  }
  try {
    await run('docker', ['image', 'inspect', IMAGE], { timeout: 5_000 });
  } catch {
    return importBusybox();
  }
  return undefined;
}

/** Without the image: from the registry, or out of this machine's own static busybox. */
async function importBusybox(): Promise<string | undefined> {
  try {
    await run('docker', ['pull', '--quiet', IMAGE], { timeout: 60_000 });
    return undefined;
  } catch {
    if (!existsSync('/bin/busybox')) return `Docker has no image ${IMAGE}, and it cannot be pulled`;
  }
  const script = `set -e; t=$(mktemp -d); mkdir $t/bin; cp /bin/busybox $t/bin; for n in sh true; do ln -s busybox $t/bin/$n; done; tar -C $t -c . | docker import - ${IMAGE}; rm -r $t`;
  execFileSync('sh', ['-c', script], { stdio: 'ignore' });
  return undefined;
}

/** Start to exit of `docker run --rm busybox true`, or why it was not measured. */
export async function dockerRun(count: number): Promise<Figures | string> {
  const why = await missing();
  if (why !== undefined) return why;
  return repeat(count, 1, async () => {
    await run('docker', ['run', '--rm', IMAGE, 'true']);
  });
}
