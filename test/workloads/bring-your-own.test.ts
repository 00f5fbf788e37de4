/** The page for one's own programs: its shell blocks are run as they stand there, and must give what the page shows. */
import { execFile } from 'node:child_process';
import { chmod, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

const root = join(import.meta.dirname, '../..');

interface Example {
  readonly script: string;
  readonly shown: string;
}

async function examplesOf(page: string): Promise<readonly Example[]> {
  const text = await readFile(join(root, 'workloads', page), 'utf8');
  const found = text.matchAll(/^```sh\n([\s\S]*?)^```\n\n```text\n([\s\S]*?)^```$/gm);
  return [...found].map(([, script = '', shown = '']) => ({ script, shown }));
}

let directory: string;

beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), 'podstep-page-'));
  const main = join(root, 'src/cli/main.ts');
  await writeFile(join(directory, 'podstep'), `#!/bin/sh\nexec "${process.execPath}" "${main}" "$@"\n`);
  await chmod(join(directory, 'podstep'), 0o755);
});

afterAll(() => rm(directory, { recursive: true, force: true }));

/** Digests and sizes are of one version of the compilers. */
const comparable = (text: string) => text.replace(/sha256:[0-9a-f.]+, [\d.]+[kM]B/g, 'sha256:...');

describe.skipIf(process.platform === 'win32')('bringing a program', async () => {
  const [english, chinese] = await Promise.all(
    ['BRING-YOUR-OWN.md', 'BRING-YOUR-OWN.zh.md'].map((page) => examplesOf(page)),
  );

  it('is shown for C, its libraries, a shell around it, and AssemblyScript, the same in both languages', () => {
    expect(english).toHaveLength(5);
    expect(chinese).toEqual(english);
  });

  it('is the same in both languages wherever it is code', async () => {
    const code = async (page: string) => {
      const text = await readFile(join(root, 'workloads', page), 'utf8');
      return text.match(/^(?: {4}.*|```[\s\S]*?^```)$/gm);
    };
    expect(await code('BRING-YOUR-OWN.zh.md')).toEqual(await code('BRING-YOUR-OWN.md'));
  });

  async function sh(script: string): Promise<{ stdout: string; stderr: string }> {
    const environment = {
      ...process.env,
      LANG: 'C.UTF-8',
      PODSTEP_HOME: join(directory, 'home'),
      PATH: `${directory}${delimiter}${process.env.PATH}`,
    };
    return promisify(execFile)('sh', ['-c', script], { cwd: directory, env: environment });
  }

  it.each(english ?? [])('$shown', { timeout: 60_000 }, async ({ script, shown }) => {
    const { stdout, stderr } = await sh(script);
    expect({ stdout: comparable(stdout), stderr }).toEqual({ stdout: comparable(shown), stderr: '' });
  });

  it('gives the same trace every time, and needs no pull', { timeout: 60_000 }, async () => {
    const run = () =>
      sh("sed 's/image:/imagePullPolicy: Never\\n      image:/' hello-c/pod.yaml | podstep run -");
    const first = await run();
    expect(first.stdout).toMatch(/Container image "hello-c:1.0.0" already present on machine/);
    expect(first.stdout).toMatch(/hello learner, from C/);
    expect(await run()).toEqual(first);
  });
});
