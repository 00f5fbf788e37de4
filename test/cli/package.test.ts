import { execFile } from 'node:child_process';
import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { describe, expect, it } from 'vitest';

const ROOT = join(import.meta.dirname, '../..');

interface Packed {
  readonly files: readonly { readonly path: string; readonly size: number }[];
  readonly unpackedSize: number;
}

async function pack(): Promise<Packed> {
  const command = ['pack', '--dry-run', '--json', '--ignore-scripts'];
  const { stdout } = await promisify(execFile)('npm', command, {
    cwd: ROOT,
    shell: process.platform === 'win32',
  });
  const [packed] = Object.values(JSON.parse(stdout)) as Packed[];
  if (!packed) throw new Error('npm pack said nothing');
  return packed;
}

function filesOf(folder: string): string[] {
  return readdirSync(join(ROOT, folder), { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name).slice(ROOT.length + 1));
}

describe('the published package', () => {
  it('has all that the stand-ins need, the door, the licences and the lessons, and no sources', async () => {
    const { files, unpackedSize } = await pack();
    const paths = files.map((file) => file.path);
    const images = readdirSync(join(ROOT, 'workloads')).filter((name) =>
      existsSync(join(ROOT, 'workloads', name, 'image.yaml')),
    );
    const needed = [
      ...images
        .flatMap((name) => filesOf(`workloads/${name}`))
        .filter((path) => /\.wasm$|image\.yaml$|\/rootfs\//.test(path)),
      ...filesOf('tutorials'),
      'workloads/built.json',
      'src/cli/bin.mjs',
      'LICENSE',
      'NOTICE',
      'README.md',
    ];
    expect(needed.filter((path) => !paths.includes(path))).toEqual([]);
    expect(paths.filter((path) => /(?<!\.d)\.(ts|tsx|c|h)$|(^|\/)\.built|tsbuildinfo/.test(path))).toEqual(
      [],
    );
    expect(unpackedSize).toBeLessThan(5_000_000);
  });
});
