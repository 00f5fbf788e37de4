/** What strangers send, changed at random from a fixed seed: always an answer or an Error in words, and in time. */
import { readFileSync } from 'node:fs';
import { gzipSync } from 'node:zlib';
import fc from 'fast-check';
import { packTar } from 'modern-tar';
import { expect, test } from 'vitest';
import { readLayer, UNPACK_LIMITS } from '../../../../src/runtime/wasm/images/layer.ts';
import { RootFiles } from '../../../../src/runtime/wasm/images/root-files.ts';
import { parseChallenges } from '../../../../src/runtime/wasm/registry/challenge.ts';
import { DEFAULT_LIMITS } from '../../../../src/runtime/wasm/registry/limits.ts';
import { parseManifest } from '../../../../src/runtime/wasm/registry/manifest.ts';
import { PAUSE } from '../images/fixture.ts';
import { json, TYPE } from './fake-registry.ts';

const SEED = 20_260_101;

/** Runs `work`; what it throws must be an Error that is nobody's mistake. */
async function orError(work: () => unknown): Promise<boolean> {
  try {
    await work();
    return true;
  } catch (error) {
    expect(error).toBeInstanceOf(Error);
    expect(error).not.toBeInstanceOf(TypeError);
    expect((error as Error).message).not.toBe('');
    return false;
  }
}

const descriptor = { mediaType: TYPE.wasm, digest: `sha256:${'a'.repeat(64)}`, size: 5 };
const FIELDS = [
  'schemaVersion',
  'mediaType',
  'config',
  'layers',
  'manifests',
  'annotations',
  'digest',
  'size',
  'platform',
];

test('manifests with fields of any kind', async () => {
  const value = fc.letrec((tie) => ({
    any: fc.oneof(
      { depthSize: 'small' },
      fc.jsonValue(),
      fc.constant(descriptor),
      fc.constant(2),
      tie('object'),
      fc.array(tie('object'), { maxLength: 3 }),
    ),
    object: fc.dictionary(fc.constantFrom(...FIELDS), tie('any'), { maxKeys: 6 }),
  }));
  let read = 0;
  const property = fc.asyncProperty(value.object, fc.boolean(), async (fields, isSchema2) => {
    const manifest = isSchema2 ? { ...(fields as object), schemaVersion: 2 } : fields;
    if (await orError(() => parseManifest(json(manifest), TYPE.manifest, DEFAULT_LIMITS))) read += 1;
  });
  await fc.assert(property, { seed: SEED, numRuns: 2_000 });
  expect(read).toBeGreaterThan(0);
});

test('what a manifest says is quoted briefly', () => {
  const long = 'x'.repeat(1 << 20);
  for (const config of [
    { ...descriptor, digest: long },
    { ...descriptor, size: long },
  ]) {
    const parse = () =>
      parseManifest(json({ schemaVersion: 2, config, layers: [] }), TYPE.manifest, DEFAULT_LIMITS);
    expect(parse).toThrow(/^its config\.(?:digest|size) .{1,200}$/);
  }
  expect(() => parseManifest(json({ schemaVersion: 2 }), long, DEFAULT_LIMITS)).toThrow(/^.{1,200}$/);
});

test('challenges of any shape', () => {
  const part = fc.constantFrom(
    'Bearer',
    'Basic',
    'realm',
    '=',
    '"',
    ',',
    ' ',
    '\\',
    'https://x/token',
    'scope',
    '"a b"',
    '\u0000',
  );
  const property = fc.property(fc.array(part, { maxLength: 40 }), (parts) => {
    for (const { scheme, parameters } of parseChallenges(parts.join(''))) {
      expect(scheme).toBe(scheme.toLowerCase());
      expect(Object.values(parameters).every((value) => typeof value === 'string')).toBe(true);
    }
  });
  fc.assert(property, { seed: SEED, numRuns: 5_000 });
});

test('layers with some of their bytes changed, cut off or doubled', async () => {
  const wasm = readFileSync(PAUSE).subarray(0, 4_000);
  const tar = await packTar([
    { header: { name: 'd/', type: 'directory', size: 0 } },
    { header: { name: `d/${'long'.repeat(60)}`, size: wasm.length }, body: wasm },
    { header: { name: 'd/link', type: 'symlink', linkname: '../x', size: 0 } },
    { header: { name: 'd/same', type: 'link', linkname: `d/${'long'.repeat(60)}`, size: 0 } },
    { header: { name: 'd/.wh.link', size: 0 } },
  ]);
  const change = fc.record({ at: fc.nat(tar.length - 1), byte: fc.nat(255) });
  const property = fc.asyncProperty(
    fc.array(change, { maxLength: 8 }),
    fc.nat(tar.length),
    fc.boolean(),
    async (changes, end, isPacked) => {
      const bytes = Uint8Array.from(tar);
      for (const { at, byte } of changes) bytes[at] = byte;
      const cut = bytes.subarray(0, end % 3 === 0 ? end : bytes.length);
      const root = new RootFiles(UNPACK_LIMITS);
      const packed = isPacked ? gzipSync(cut) : cut;
      await orError(() =>
        readLayer(packed, { bytes: 0, entries: 0 }, UNPACK_LIMITS, (entry) => root.apply(entry)),
      );
      for (const { path } of root.list()) expect(path).toMatch(/^\/(?!.*(^|\/)\.\.(\/|$))/);
    },
  );
  await fc.assert(property, { seed: SEED, numRuns: 400 });
});
