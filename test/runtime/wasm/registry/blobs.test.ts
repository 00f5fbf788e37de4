import { readdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { sha256 } from '../../../../src/runtime/wasm/images/digest.ts';
import { json, TYPE } from './fake-registry.ts';
import { emptyTar, fixture, name, ofBlob, problem, registry, store, wasm } from './pulling.ts';

describe('a blob', () => {
  it('of other bytes is refused, and asked for again by the next pull', async () => {
    registry.behave = ({ path }, response) => {
      if (!ofBlob(path)) return;
      response.end(new Uint8Array(wasm.length));
      return true;
    };
    expect(await problem()).toBe(
      `failed commit on ref "layer-${sha256(wasm)}": unexpected commit digest ${sha256(new Uint8Array(wasm.length))}, ` +
        `expected ${sha256(wasm)}: failed precondition`,
    );
    registry.behave = () => undefined;
    expect(await store.pullImage(name)).toMatch(/^sha256:/);
    expect(Object.keys((await store.compiled(name))?.programs ?? {})).toEqual(['/main.wasm']);
  });

  it('that breaks off is resumed where it broke off', async () => {
    let times = 0;
    registry.behave = ({ path, headers }, response) => {
      if (!ofBlob(path) || times++ > 1) return;
      const from = Number(/=(\d+)/.exec(headers.range ?? '=0')?.[1]);
      const end = { 'content-range': `bytes ${from}-${wasm.length - 1}/${wasm.length}` };
      response.writeHead(from === 0 ? 200 : 206, {
        'content-length': wasm.length - from,
        ...(from > 0 && end),
      });
      response.write(wasm.subarray(from, from + 10_000), () => response.destroy());
      return true;
    };
    await store.pullImage(name);
    const ranges = registry.asked.filter(({ path }) => ofBlob(path)).map(({ headers }) => headers.range);
    expect(ranges).toEqual([undefined, 'bytes=10000-', 'bytes=20000-']);
    expect(await store.compiled(name)).not.toBeNull();
  });

  it('begins anew where a registry cannot resume', async () => {
    let times = 0;
    registry.behave = ({ path }, response) => {
      if (!ofBlob(path)) return;
      response.writeHead(200, { 'content-length': wasm.length });
      if (times++ === 0) response.write(wasm.subarray(0, 10_000), () => response.destroy());
      else response.end(wasm);
      return true;
    };
    await store.pullImage(name);
    expect(times).toBe(2);
  });

  it.each([
    ['shorter than it says', (bytes: Uint8Array) => bytes.subarray(0, 100), 100],
    ['longer than it says', (bytes: Uint8Array) => Buffer.concat([bytes, bytes]), undefined],
  ])('that is %s is refused', async (_, change, size) => {
    registry.behave = ({ path, headers }, response) => {
      if (!ofBlob(path)) return;
      const bytes = change(wasm);
      const from = Number(/=(\d+)/.exec(headers.range ?? '=0')?.[1]);
      if (from > 0) response.writeHead(206, { 'content-range': `bytes ${from}-${from}/${bytes.length}` });
      response.end(bytes.subarray(from));
      return true;
    };
    const told = await problem();
    expect(told).toMatch(
      /^failed commit on ref "layer-.*unexpected commit size \d+, expected \d+: failed precondition$/,
    );
    if (size !== undefined) expect(told).toContain(`size ${size}, expected ${wasm.length}`);
  });

  it('that never comes ends the pull in time', async () => {
    registry.behave = ({ path }, response) => {
      if (!ofBlob(path)) return;
      response.writeHead(200, { 'content-length': wasm.length });
      response.write(wasm.subarray(0, 1));
      return true;
    };
    expect(await problem()).toBe('read: i/o timeout');
  });

  it('that comes byte by byte ends the pull in time', async () => {
    registry.behave = ({ path }, response) => {
      if (!ofBlob(path)) return;
      response.writeHead(200, { 'content-length': wasm.length });
      const drip = setInterval(() => response.write('x'), 20);
      response.once('close', () => clearInterval(drip));
      return true;
    };
    expect(await problem()).toBe('context deadline exceeded');
  });

  it('that is not there is told so', async () => {
    registry.behave = ({ path }, response) => {
      if (!ofBlob(path)) return;
      response.writeHead(404).end();
      return true;
    };
    expect(await problem()).toBe(
      `could not fetch content descriptor ${sha256(wasm)} (application/wasm) from remote: not found`,
    );
  });

  it('of another part than was asked for is refused', async () => {
    let times = 0;
    registry.behave = ({ path }, response) => {
      if (!ofBlob(path)) return;
      const isFirst = times++ === 0;
      response.writeHead(isFirst ? 200 : 206, isFirst ? {} : { 'content-range': `bytes 5-9/${wasm.length}` });
      if (isFirst) response.write(wasm.subarray(0, 100), () => response.destroy());
      else response.end('xxxxx');
      return true;
    };
    expect(await problem()).toBe(`unhandled content range in response: bytes 5-9/${wasm.length}`);
  });

  it('and others come at the same time, a few at once', async () => {
    const layers = Array.from({ length: 8 }, (_, index) => ({
      mediaType: TYPE.wasm,
      bytes: wasm,
      annotations: { 'org.opencontainers.image.title': `program-${index}.wasm` },
    }));
    const extra = Array.from({ length: 8 }, (_, index) => ({ mediaType: TYPE.tar, bytes: emptyTar(index) }));
    registry.image('many', { mediaType: TYPE.wasmConfig, bytes: json({ os: 'wasip2' }) }, [
      ...layers,
      ...extra,
    ]);
    await store.pullImage(`${registry.host}/app:many`);
    expect(registry.most).toBe(3);
  });
});

describe('what is left on the way', () => {
  it('is fetched once for two images that share it', async () => {
    const config = (os: string) => ({
      mediaType: TYPE.wasmConfig,
      bytes: json({ os, architecture: 'wasm' }),
    });
    registry.image('2', config('wasip1'), [{ mediaType: TYPE.wasm, bytes: wasm }]);
    await Promise.all([store.pullImage(name), store.pullImage(`${registry.host}/app:2`)]);
    expect(registry.asked.filter(({ path }) => ofBlob(path))).toHaveLength(1);
    expect(await store.listImages()).toHaveLength(2);
  });

  it('is nothing when the image is here', async () => {
    await store.pullImage(name);
    expect(await readdir(join(fixture.store, 'ingest'))).toEqual([]);
  });

  it('is begun anew when it is damaged', async () => {
    await writeFile(join(fixture.store, 'ingest', sha256(wasm).slice(7)), 'something else');
    expect(await store.pullImage(name)).toMatch(/^sha256:/);
    const ranges = registry.asked.filter(({ path }) => ofBlob(path)).map(({ headers }) => headers.range);
    expect(ranges).toEqual(['bytes=14-', undefined]);
  });
});
