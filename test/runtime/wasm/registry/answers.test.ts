import { describe, expect, it } from 'vitest';
import { sha256 } from '../../../../src/runtime/wasm/images/digest.ts';
import { json, TYPE } from './fake-registry.ts';
import { emptyTar, name, ofBlob, problem, registry, resolving, store, url, wasm } from './pulling.ts';

describe('a registry', () => {
  it('that nobody runs is told at once', async () => {
    const [host] = name.split('/');
    await registry.stop();
    expect(await problem()).toBe(
      `${resolving()}failed to do request: Head "https://${host}/v2/app/manifests/1": ` +
        `dial tcp ${host}: connect: connection refused`,
    );
  });

  it('that says nothing ends the pull in time', async () => {
    registry.behave = () => true;
    expect(await problem()).toBe(
      `${resolving()}failed to do request: Head "${url('manifests/1')}": net/http: timeout awaiting response headers`,
    );
  });

  it.each([429, 500, 502, 503])('that answers %d is asked again, and then gives', async (status) => {
    let times = 0;
    registry.behave = (_, response) => {
      if (times++ > 1) return;
      response.writeHead(status, { 'retry-after': '0' }).end();
      return true;
    };
    expect(await store.pullImage(name)).toMatch(/^sha256:/);
  });

  it('that goes on answering 503 is given up', async () => {
    registry.behave = (_, response) => {
      response.writeHead(503).end();
      return true;
    };
    expect(await problem()).toBe(
      `${resolving()}unexpected status from HEAD request to ${url('manifests/1')}: 503 Service Unavailable`,
    );
    expect(registry.asked).toHaveLength(4);
  });

  it('that wants to be asked much later is not waited for', async () => {
    registry.behave = (_, response) => {
      response.writeHead(429, { 'retry-after': '3600' }).end();
      return true;
    };
    expect(await problem()).toContain('429 Too Many Requests');
    expect(registry.asked).toHaveLength(1);
  });

  it('that sends in circles is given up', async () => {
    registry.behave = (_, response) => {
      response.writeHead(307, { location: url('manifests/1') }).end();
      return true;
    };
    expect(await problem()).toBe(`${resolving()}failed to do request: stopped after 10 redirects`);
  });

  it('that does not know HEAD is asked with GET', async () => {
    registry.behave = ({ method }, response) => {
      if (method !== 'HEAD') return;
      response.writeHead(405).end();
      return true;
    };
    expect(await store.pullImage(name)).toMatch(/^sha256:/);
  });

  it('speaks for itself in an error', async () => {
    registry.behave = ({ path }, response) => {
      if (!ofBlob(path)) return;
      response.writeHead(403).end('{"errors":[{"code":"DENIED","message":"no more quota"}]}');
      return true;
    };
    expect(await problem()).toBe(
      `unexpected status from GET request to ${url(`blobs/${sha256(wasm)}`)}: 403 Forbidden: denied: no more quota`,
    );
  });
});

describe('a manifest', () => {
  const resolved = async (bytes: Uint8Array, mediaType: string = TYPE.manifest) => {
    registry.manifest('bad', bytes, mediaType);
    return problem(`${registry.host}/app:bad`);
  };
  const config = { mediaType: TYPE.wasmConfig, digest: sha256(json({})), size: 2 };
  const layer = { mediaType: TYPE.wasm, digest: `sha256:${'a'.repeat(64)}`, size: 1 };

  it.each<[string, unknown, RegExp]>([
    ['is a list', [], /it is no JSON object/],
    ['is of another schema', { schemaVersion: 1 }, /schemaVersion is 1, not 2/],
    ['has no layers', { schemaVersion: 2, config }, /its layers is no list/],
    ['has no configuration', { schemaVersion: 2, layers: [] }, /its config is no descriptor/],
    [
      'has a digest that is a path',
      { schemaVersion: 2, config, layers: [{ ...layer, digest: '../../x' }] },
      /layers\[0\]\.digest is no sha256 digest: "\.\.\/\.\.\/x"/,
    ],
    [
      'has a negative size',
      { schemaVersion: 2, config, layers: [{ ...layer, size: -1 }] },
      /layers\[0\]\.size is no number of bytes: -1/,
    ],
    [
      'has a layer of a terabyte',
      { schemaVersion: 2, config, layers: [{ ...layer, size: 2 ** 40 }] },
      /layers\[0\] has 1099511627776 bytes, more than/,
    ],
    [
      'has too many layers',
      { schemaVersion: 2, config, layers: Array(200).fill(layer) },
      /has 200 layers, more than 128/,
    ],
    [
      'is an index too',
      { schemaVersion: 2, config, layers: [layer], manifests: [] },
      /it has manifests beside layers/,
    ],
  ])('that %s is refused', async (_, manifest, expected) => {
    expect(await resolved(json(manifest))).toMatch(expected);
  });

  it('that is no JSON is refused', async () => {
    expect(await resolved(Buffer.from('<html>'))).toMatch(
      /^the manifest sha256:[0-9a-f]{64} is malformed: Unexpected token/,
    );
  });

  it('of more than four megabytes is not fetched', async () => {
    const image = `${registry.host}/app:bad`;
    expect(await resolved(new Uint8Array(5 << 20))).toBe(
      `${resolving(image)}rejecting 5242880 byte manifest for ${image}: not found`,
    );
    expect(registry.paths).toEqual(['HEAD manifests']);
  });

  it('that is not what its name promised is refused', async () => {
    const promised = registry.image('2', { mediaType: TYPE.wasmConfig, bytes: json({}) }, []);
    registry.behave = ({ method, path }, response) => {
      if (method !== 'GET' || !path.includes('/manifests/')) return;
      response.end('x'.repeat(promised.size));
      return true;
    };
    expect(await problem(`${registry.host}/app:2`)).toMatch(
      /^failed commit on ref "manifest-.*unexpected commit digest/,
    );
  });
});

describe('the platform', () => {
  const program = {
    mediaType: TYPE.config,
    bytes: json({ os: 'wasip1', architecture: 'wasm', config: { Entrypoint: ['/x'] } }),
  };
  const linux = (architecture: string) => ({
    mediaType: TYPE.config,
    bytes: json({ os: 'linux', architecture, config: { Entrypoint: ['/bin/sh'] } }),
  });

  it('of a list is the one for WebAssembly', async () => {
    const good = registry.image('wasm', program, [{ mediaType: TYPE.wasm, bytes: wasm }]);
    const bad = registry.image('linux', linux('amd64'), []);
    const manifests = [
      { ...bad, platform: { os: 'linux', architecture: 'amd64' } },
      { ...good, platform: { os: 'wasip1', architecture: 'wasm' } },
    ];
    registry.manifest('list', json({ schemaVersion: 2, mediaType: TYPE.index, manifests }), TYPE.index);
    expect(await store.pullImage(`${registry.host}/app:list`)).toBe(good.digest);
  });

  it('that cannot run here is told, with what can be done, before its layers are fetched', async () => {
    const manifests = ['amd64', 'arm64'].map((architecture) => ({
      ...registry.image(architecture, linux(architecture), [{ mediaType: TYPE.tar, bytes: emptyTar(0) }]),
      platform: { os: 'linux', architecture },
    }));
    registry.manifest('linux', json({ schemaVersion: 2, mediaType: TYPE.index, manifests }), TYPE.index);
    expect(await problem(`${registry.host}/app:linux`)).toBe(
      'no match for platform in manifest: not found: the image is made for linux/amd64, linux/arm64, and this node runs ' +
        'WebAssembly (wasi/wasm): use an image of WebAssembly, or one of the stand-ins (podstep images)',
    );
    expect(registry.asked.some(({ path }) => path.endsWith(sha256(emptyTar(0))))).toBe(false);
  });
});
