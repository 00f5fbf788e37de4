import { gzipSync, zstdCompressSync } from 'node:zlib';
import { packTar, type TarHeader } from 'modern-tar';
import { describe, expect, it } from 'vitest';
import {
  type Descriptor,
  describe as describeBytes,
  sha256,
} from '../../../../src/runtime/wasm/images/digest.ts';
import { UNPACK_LIMITS, type UnpackLimits } from '../../../../src/runtime/wasm/images/layer.ts';
import { type UnpackedImage, unpack } from '../../../../src/runtime/wasm/images/unpack.ts';

type Entry = Partial<TarHeader> & { readonly name: string; readonly body?: string | Uint8Array };

const layer = (...entries: readonly Entry[]): Promise<Uint8Array> =>
  packTar(
    entries.map(({ body = '', ...header }) => ({
      header: { size: typeof body === 'string' ? Buffer.byteLength(body) : body.length, ...header },
      body,
    })),
  );

const TAR = 'application/vnd.oci.image.layer.v1.tar';

/** An image of these layers, unpacked. */
function image(
  layers: readonly (
    | Uint8Array
    | {
        readonly mediaType: string;
        readonly bytes: Uint8Array;
        readonly annotations?: Record<string, string>;
      }
  )[],
  config: object = {},
  limits: Partial<UnpackLimits> = {},
  configType = 'application/vnd.oci.image.config.v1+json',
): Promise<UnpackedImage> {
  const blobs = new Map<string, Uint8Array>();
  const keep = (descriptor: Descriptor, bytes: Uint8Array) => {
    blobs.set(descriptor.digest, bytes);
    return descriptor;
  };
  const configBytes = Buffer.from(JSON.stringify(config));
  const manifest = {
    schemaVersion: 2 as const,
    mediaType: 'application/vnd.oci.image.manifest.v1+json',
    config: keep(describeBytes(configType, configBytes), configBytes),
    layers: layers.map((one) => {
      const { mediaType, bytes, annotations } =
        one instanceof Uint8Array ? { mediaType: TAR, bytes: one, annotations: undefined } : one;
      return keep(describeBytes(mediaType, bytes, annotations), bytes);
    }),
  };
  return unpack(manifest, async ({ digest }) => blobs.get(digest) ?? expect.fail(digest), {
    ...UNPACK_LIMITS,
    ...limits,
  });
}

/** `path` or `path=content`, `path -> target`, `path/`. */
function told({ files }: UnpackedImage): string[] {
  return files.map((file) => {
    if (file.type === 'directory') return `${file.path}/`;
    if (file.type === 'symlink') return `${file.path} -> ${file.target}`;
    return `${file.path}=${Buffer.from(file.content)}`;
  });
}

const problem = (work: Promise<unknown>): Promise<string> =>
  work.then(
    () => expect.fail('it should have failed'),
    (error: Error) => error.message.replace(/^failed to extract layer sha256:[0-9a-f]{64}: /, ''),
  );

describe('layers', () => {
  it.each([
    ['not packed', (bytes: Uint8Array) => bytes],
    ['gzip', gzipSync],
    ['zstd', zstdCompressSync],
  ])('are read (%s), whatever their media type says', async (_, pack) => {
    expect(told(await image([pack(await layer({ name: 'etc/motd', body: 'hello' }))]))).toEqual([
      '/etc/',
      '/etc/motd=hello',
    ]);
  });

  it('lie on top of each other', async () => {
    const unpacked = await image([
      await layer({ name: 'a', body: 'old' }, { name: 'd/x', body: '1' }, { name: 'd/y', body: '2' }),
      await layer({ name: 'a', body: 'new' }, { name: 'd', body: 'no longer a directory' }),
    ]);
    expect(told(unpacked)).toEqual(['/a=new', '/d=no longer a directory']);
  });

  it('take away what whiteouts name', async () => {
    const unpacked = await image([
      await layer(
        { name: 'a', body: '1' },
        { name: 'd/x', body: '1' },
        { name: 'd/e/y', body: '2' },
        { name: 'ab', body: '3' },
      ),
      await layer({ name: '.wh.a' }, { name: 'd/.wh.e' }),
    ]);
    expect(told(unpacked)).toEqual(['/ab=3', '/d/', '/d/x=1']);
  });

  it('take away within their own layer nothing that it has itself, in whatever order', async () => {
    const below = await layer({ name: 'd/e/old', body: '1' }, { name: 'f', body: '1' });
    const unpacked = await image([
      below,
      await layer(
        { name: 'd/e/new', body: '2' },
        { name: '.wh.d' },
        { name: 'f', body: '2' },
        { name: '.wh.f' },
        { name: '.wh..wh..opq' },
        { name: '.wh.d' },
        { name: 'd/late', body: '3' },
      ),
    ]);
    expect(told(unpacked)).toEqual(['/d/', '/d/e/', '/d/e/new=2', '/d/late=3', '/f=2']);
  });

  it('may take away what is not there, and names that look like whiteouts', async () => {
    const unpacked = await image([
      await layer({ name: 'a', body: '1' }),
      await layer({ name: '.wh.none' }, { name: 'no/where/.wh.x' }, { name: 'none/.wh..wh..opq' }),
      await layer({ name: '.wh..wh.a' }, { name: '.wh..wh.plnk/x', body: '1' }, { name: '.wh....' }),
    ]);
    expect(told(unpacked)).toContain('/a=1');
  });

  it('hide a directory of the layers below, and not what they have themselves', async () => {
    const unpacked = await image([
      await layer(
        { name: 'd/old', body: '1' },
        { name: 'd/deep/old', body: '1' },
        { name: 'other', body: '3' },
      ),
      await layer({ name: 'd/deep/new', body: '2' }, { name: 'd/.wh..wh..opq' }),
    ]);
    expect(told(unpacked)).toEqual(['/d/', '/d/deep/', '/d/deep/new=2', '/other=3']);
  });

  it('hold links, modes, long names and other alphabets', async () => {
    const long = `${'a'.repeat(120)}/${'b'.repeat(120)}`;
    const unpacked = await image([
      await layer(
        { name: 'bin/tool', body: 'x', mode: 0o4755 },
        { name: 'bin/same', type: 'link', linkname: 'bin/tool' },
        { name: 'bin/soft', type: 'symlink', linkname: '../bin/tool' },
        { name: long, body: 'long' },
        { name: '容器', body: 'ok' },
        { name: 'dev/null', type: 'character-device' },
      ),
    ]);
    expect(told(unpacked)).toEqual(
      expect.arrayContaining([
        '/bin/same=x',
        '/bin/soft -> ../bin/tool',
        '/bin/tool=x',
        `/${long}=long`,
        '/容器=ok',
      ]),
    );
    expect(unpacked.files.find(({ path }) => path === '/bin/tool')).toMatchObject({ mode: 0o4755 });
    expect(told(unpacked).some((one) => one.startsWith('/dev/null'))).toBe(false);
  });

  it('write through the directory links of the layers below, within the root', async () => {
    const unpacked = await image([
      await layer(
        { name: 'usr/lib/x', body: '1' },
        { name: 'lib', type: 'symlink', linkname: 'usr/lib' },
        { name: 'out', type: 'symlink', linkname: '../../../etc' },
      ),
      await layer({ name: 'lib/y', body: '2' }, { name: 'out/passwd', body: '3' }),
    ]);
    expect(told(unpacked)).toEqual(expect.arrayContaining(['/usr/lib/y=2', '/etc/passwd=3']));
  });

  it('with an absolute path mean the root of the container', async () => {
    expect(told(await image([await layer({ name: '/etc/x', body: '1' })]))).toEqual(['/etc/', '/etc/x=1']);
  });

  it('that are not those of the configuration are refused', async () => {
    const one = await layer({ name: 'a', body: '1' });
    expect(told(await image([gzipSync(one)], { rootfs: { diff_ids: [sha256(one)] } }))).toEqual(['/a=1']);
    expect(await problem(image([one], { rootfs: { diff_ids: [`sha256:${'0'.repeat(64)}`] } }))).toBe(
      `wrong diff id "${sha256(one)}" calculated on extraction "sha256:${'0'.repeat(64)}"`,
    );
  });
});

describe('a bomb', () => {
  it.each<[string, Entry[], RegExp]>([
    [
      'that leaves the root',
      [{ name: '../../etc/passwd', body: 'x' }],
      /path that leaves the root: \.\.\/\.\.\/etc\/passwd/,
    ],
    ['that leaves the root on the way', [{ name: 'a/../../x', body: 'x' }], /path that leaves the root/],
    [
      'that links to nothing',
      [{ name: 'a', type: 'link', linkname: 'nowhere' }],
      /links \/a to nowhere, which is no file of the image/,
    ],
    [
      'that links out of the root',
      [{ name: 'a', type: 'link', linkname: '../../etc/shadow' }],
      /leaves the root/,
    ],
    [
      'of links in a circle',
      [
        { name: 'a', type: 'symlink', linkname: 'b' },
        { name: 'b', type: 'symlink', linkname: 'a' },
        { name: 'a/x', body: '' },
      ],
      /too many levels of symbolic links/,
    ],
    ['with a whiteout of everything', [{ name: '.wh...' }], /whiteout that leaves its directory/],
    [
      'with a path without end',
      [{ name: `${'d/'.repeat(3000)}x`, body: '' }],
      /path of more than 4096 bytes/,
    ],
    [
      'with a path of many names',
      [{ name: `${'d/'.repeat(300)}x`, body: '' }],
      /path of more than 256 names/,
    ],
    [
      'with links that make a path of many names',
      [
        { name: 'a', type: 'symlink', linkname: 'd/'.repeat(200) },
        { name: `${'d/'.repeat(200)}b`, type: 'symlink', linkname: 'd/'.repeat(200) },
        { name: 'a/b/x', body: '' },
      ],
      /path of more than 256 names/,
    ],
    ['with a name without end', [{ name: 'n'.repeat(256), body: '' }], /name of more than 255 bytes/],
    [
      'with a link to where no path leads',
      [{ name: 'a', type: 'symlink', linkname: 'd/'.repeat(3000) }],
      /path of more than 4096 bytes/,
    ],
    ['with a whiteout of its own directory', [{ name: 'd/.wh.' }], /whiteout that leaves its directory/],
    ['with a whiteout of the one above', [{ name: 'd/.wh...' }], /whiteout that leaves its directory/],
    [
      'with an extended header of lengths that are none',
      [{ name: 'p', type: 'pax-header', body: '0'.repeat(500_000) }],
      /extended header that is malformed/,
    ],
    [
      'with an extended header that does not end',
      [{ name: 'p', type: 'pax-header', body: '99 path=x\n' }],
      /extended header that is malformed/,
    ],
    [
      'with an extended header of many bytes',
      [{ name: 'p', type: 'pax-global-header', body: 'x'.repeat(2 << 20) }],
      /extended header of more than 1048576 bytes/,
    ],
  ])('%s is refused', async (_, entries, expected) => {
    expect(await problem(layer(...entries).then((bytes) => image([bytes])))).toMatch(expected);
  });

  it('of directories that nobody names is refused', async () => {
    const deep = (index: number) => ({ name: `${index}/${'d/'.repeat(200)}x`, body: '' });
    const bytes = await layer(...Array.from({ length: 30 }, (_, index) => deep(index)));
    expect(await problem(image([bytes], {}, { entries: 1_000 }))).toBe('the image has more than 1000 files');
  });

  it('of whiteouts beside many files takes no time', async () => {
    const files = Array.from({ length: 5_000 }, (_, index) => ({ name: `d${index}/x`, body: '' }));
    const whiteouts = files.map((_, index) => ({ name: `d${index}/.wh..wh..opq` }));
    const same = files.map(() => ({ name: '.wh..wh..opq' }));
    const bytes = await layer(...files, ...whiteouts, ...same);
    const startMs = performance.now();
    expect((await image([bytes])).files).toHaveLength(10_000);
    // Each against all files it took half a minute.
    expect(performance.now() - startMs).toBeLessThan(5_000);
  });

  it('with an extended header within what passes for another is refused', async () => {
    const bytes = (...entries: Entry[]) => layer(...entries).then((all) => all.subarray(0, -1024));
    const evil = await bytes({ name: 'p', type: 'pax-header', body: '0'.repeat(9_000) });
    const around = Buffer.concat([Buffer.from(`${100_000} comment=`), new Uint8Array(100_000 - 15)]);
    const fake = (await bytes({ name: 'p', type: 'pax-header', body: around })).subarray(0, 512);
    const archive = Buffer.concat([await bytes({ name: 'a', body: fake }), evil, new Uint8Array(1024)]);
    expect(await problem(image([archive]))).toMatch(/extended header within another/);
  });

  it('of many files is refused', async () => {
    const entries = Array.from({ length: 20 }, (_, index) => ({ name: `f${index}`, body: '' }));
    const bytes = await layer(...entries);
    expect(await problem(image([bytes], {}, { entries: 19 }))).toBe('the image has more than 19 files');
    expect((await image([bytes], {}, { entries: 20 })).files).toHaveLength(20);
  });

  it('of many bytes is refused, over all layers together', async () => {
    const half = (name: string) => layer({ name, body: new Uint8Array(600_000) });
    expect(await problem(image([await half('a'), await half('b')], {}, { unpackedBytes: 1_000_000 }))).toBe(
      'the image unpacks to more than 1000000 bytes',
    );
  });

  it.each([
    ['gzip', gzipSync],
    ['zstd', zstdCompressSync],
  ])('of almost nothing, packed with %s, is refused', async (_, pack) => {
    const bytes = pack(await layer({ name: 'zeros', body: new Uint8Array(4 << 20) }));
    expect(await problem(image([bytes], {}, { ratioFromBytes: 1 << 20 }))).toMatch(
      /unpacks to more than 200 times its \d+ bytes/,
    );
  });

  it('of a size that lies is refused', async () => {
    const bytes = Uint8Array.from(await layer({ name: 'a', body: 'x'.repeat(2000) }));
    expect(await problem(image([bytes.subarray(0, 1536)]))).toMatch(/truncated/);
    expect(await problem(image([gzipSync(bytes).subarray(0, 40)]))).toMatch(/unexpected end of file/);
    expect(await problem(image([Buffer.from('this is no archive'.repeat(100))]))).toMatch(
      /Invalid|checksum/i,
    );
  });
});

describe('the programs of an image', () => {
  const WASM = Buffer.from('\0asm\r\0\x01\0', 'latin1');

  it('are its files of WebAssembly, whatever they are called, and can be started', async () => {
    const unpacked = await image(
      [
        await layer(
          { name: 'app.wasm', body: WASM, mode: 0o644 },
          { name: 'lib/x', body: WASM },
          { name: 'text', body: '\0as' },
        ),
      ],
      { config: { Entrypoint: ['app.wasm'], Cmd: ['--flag'], Env: ['A=1'] } },
    );
    expect(unpacked.programs).toMatchObject([
      { digest: sha256(WASM), paths: ['/app.wasm', '/lib/x'], isNeeded: true },
    ]);
    expect(unpacked.config).toMatchObject({ entrypoint: ['/app.wasm'], cmd: ['--flag'], env: ['A=1'] });
    expect(unpacked.files.find(({ path }) => path === '/app.wasm')).toMatchObject({ mode: 0o755 });
  });

  it('are its layers when it is an artifact, the first of them its command', async () => {
    const part = (title?: string) => ({
      mediaType: 'application/wasm',
      bytes: Buffer.concat([WASM, Buffer.from(title ?? '')]),
      ...(title && { annotations: { 'org.opencontainers.image.title': title } }),
    });
    const unpacked = await image(
      [part(), part('tool.wasm'), part('../evil'), part('x/..')],
      { os: 'wasip2' },
      {},
      'application/vnd.wasm.config.v0+json',
    );
    expect(unpacked.programs.map(({ paths }) => paths)).toEqual([
      ['/main.wasm'],
      ['/tool.wasm'],
      ['/evil'],
      ['/main-3.wasm'],
    ]);
    expect(unpacked.config.entrypoint).toEqual(['/main.wasm']);
    expect(told(unpacked)).toContain('/main.wasm=#!podstep main.wasm\n');
  });

  it.each([
    [{ config: { Entrypoint: 'sh' } }, 'config.Entrypoint is no list of texts'],
    [{ config: { User: 5 } }, 'config.User is no text'],
    [[], 'the configuration is no JSON object'],
  ])('need a configuration that can be read: %j', async (config, expected) => {
    expect(await problem(image([], config))).toContain(expected);
  });
});
