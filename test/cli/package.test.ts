import { execFile } from 'node:child_process';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { describe, expect, it } from 'vitest';
import { MODULE_FILE, transpilerVersion } from '../../src/runtime/wasm/images/transpile.ts';

const ROOT = join(import.meta.dirname, '../..');

interface Packed {
  readonly files: readonly { readonly path: string; readonly size: number }[];
  /** Of the archive, bytes. */
  readonly size: number;
  readonly unpackedSize: number;
}

async function pack(): Promise<Packed> {
  // As on its way to the registry: of a checkout that is built.
  await promisify(execFile)(process.execPath, [join(ROOT, 'src/cli/bin.mjs'), '--version']);
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
  it('has all that the stand-ins and builds need, the door, the licences and the lessons, and no other sources', async () => {
    const { files, size, unpackedSize } = await pack();
    const paths = files.map((file) => file.path);
    const images = readdirSync(join(ROOT, 'workloads')).filter((name) =>
      existsSync(join(ROOT, 'workloads', name, 'image.yaml')),
    );
    const built = JSON.parse(readFileSync(join(ROOT, 'workloads/built.json'), 'utf8'));
    const transpiled = Object.values(built as Record<string, { componentSha256: string }>).flatMap(
      ({ componentSha256 }) =>
        ['complete.json', MODULE_FILE, 'component.core.wasm'].map(
          (file) => `dist/stand-ins/${componentSha256}-${transpilerVersion()}/${file}`,
        ),
    );
    const libraries = ['lib', 'serve', 'signals'].flatMap((name) => filesOf(`workloads/${name}`));
    const needed = [
      ...transpiled,
      ...images
        .flatMap((name) => filesOf(`workloads/${name}`))
        .filter((path) => /\.wasm$|image\.yaml$|\/rootfs\//.test(path)),
      ...filesOf('tutorials'),
      ...libraries,
      'workloads/wit/process.wit',
      'workloads/built.json',
      'src/cli/bin.mjs',
      'LICENSE',
      'NOTICE',
      'README.md',
    ];
    expect(needed.filter((path) => !paths.includes(path))).toEqual([]);
    const others = paths.filter((path) => !libraries.includes(path));
    expect(others.filter((path) => /(?<!\.d)\.(ts|tsx|c|h)$|(^|\/)\.built|tsbuildinfo/.test(path))).toEqual(
      [],
    );
    expect(size).toBeLessThan(2_000_000);
    expect(unpackedSize).toBeLessThan(10_000_000);
  });
});
