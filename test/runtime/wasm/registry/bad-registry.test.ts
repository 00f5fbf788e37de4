import { readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { sha256 } from '../../../../src/runtime/wasm/images/digest.ts';
import { openImageStore, type WasmImages } from '../../../../src/runtime/wasm/images/store.ts';
import { type Fixture, makeFixture, PAUSE } from '../images/fixture.ts';
import { FakeRegistry, json, TYPE } from './fake-registry.ts';

let fixture: Fixture;
let registry: FakeRegistry;
let store: WasmImages;
let name: string;
let wasm: Uint8Array;

/** Short enough for a test, long enough for a busy machine. */
const LIMITS = { connectMs: 5_000, idleMs: 300, retryMs: 1, longestRetryMs: 200 };

beforeEach(async () => {
  [fixture, registry, wasm] = await Promise.all([makeFixture(), new FakeRegistry().start(), readFile(PAUSE)]);
  store = await openImageStore({
    directory: fixture.store,
    workloadsDirectory: fixture.workloads,
    registries: { limits: LIMITS, environment: {} },
  });
  name = `${registry.host}/app:1`;
  registry.image('1', { mediaType: TYPE.wasmConfig, bytes: json({ os: 'wasip2', architecture: 'wasm' }) }, [
    { mediaType: TYPE.wasm, bytes: wasm },
  ]);
});

afterEach(() => Promise.all([fixture.remove(), registry.stop()]));

/** What follows `failed to pull and unpack image "...": `. */
async function problem(image = name, auth?: { username: string; password: string }): Promise<string> {
  const error = await store.pullImage(image, undefined, auth).then(
    () => expect.fail('it should have failed'),
    (thrown: Error) => thrown,
  );
  expect(await store.imageStatus(image)).toBeNull();
  return error.message.slice(`failed to pull and unpack image "${image}": `.length);
}

const resolving = (image = name) => `failed to resolve reference "${image}": `;
const url = (path: string) => `http://${registry.host}/v2/app/${path}`;
const ofBlob = (path: string) => path.endsWith(sha256(wasm));

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

/** An archive without files, of a length of its own. */
const emptyTar = (index: number) => new Uint8Array(1024 + 512 * index);

describe('a registry', () => {
  it('that nobody runs is told at once', async () => {
    await registry.stop();
    expect(await problem()).toBe(
      `${resolving()}failed to do request: Head "https://${registry_host(name)}/v2/app/manifests/1": ` +
        `dial tcp ${registry_host(name)}: connect: connection refused`,
    );
    registry = await new FakeRegistry().start();
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

const registry_host = (image: string) => image.slice(0, image.indexOf('/'));

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

describe('credentials', () => {
  const auth = { username: 'ada', password: 'secret' };
  const challenge = (host: string) =>
    `Bearer realm="http://${host}/token",service="registry",scope="repository:app:pull"`;
  const gate = (token: string) => {
    registry.behave = ({ path, headers, method, query }, response) => {
      if (path === '/token') {
        const isPost = method === 'POST';
        response.writeHead(isPost ? 404 : 200).end(isPost ? '' : JSON.stringify({ token }));
        expect(query.get('scope')).toBe(isPost ? null : 'repository:app:pull');
        return true;
      }
      if (headers.authorization === `Bearer ${token}`) return;
      response.writeHead(401, { 'www-authenticate': challenge(registry.host) }).end();
      return true;
    };
  };

  it('are none where the token server gives to everybody', async () => {
    gate('for-all');
    expect(await store.pullImage(name)).toMatch(/^sha256:/);
    const tokens = registry.asked.filter(({ path }) => path === '/token');
    expect(tokens.map(({ method, headers }) => [method, headers.authorization])).toEqual([
      ['GET', undefined],
    ]);
  });

  it('go to the token server, by OAuth and then by Basic', async () => {
    gate('for-ada');
    expect(await store.pullImage(name, undefined, auth)).toMatch(/^sha256:/);
    const [first, second] = registry.asked.filter(({ path }) => path === '/token');
    expect(Object.fromEntries(new URLSearchParams(first?.body))).toMatchObject({
      grant_type: 'password',
      ...auth,
    });
    expect(second?.headers.authorization).toBe(`Basic ${Buffer.from('ada:secret').toString('base64')}`);
  });

  it('that do not do are told in the words of the registry', async () => {
    registry.behave = ({ path }, response) => {
      if (path === '/token') response.end('{"token":"small"}');
      else {
        const header = `${challenge(registry.host)},error="insufficient_scope"`;
        response.writeHead(401, { 'www-authenticate': header }).end();
      }
      return true;
    };
    expect(await problem()).toBe(
      `${resolving()}pull access denied, repository does not exist or may require authorization: server message: ` +
        'insufficient_scope: authorization failed',
    );
  });

  it.each<[string, string, string]>([
    ['says no', '', 'unexpected status from GET request to URL: 500 Internal Server Error'],
    ['gives no token', '{}', 'authorization server did not include a token in the response'],
    [
      'speaks nonsense',
      '<html>',
      'unable to decode token response: Unexpected token \'<\', "<html>" is not valid JSON',
    ],
  ])('are of no use when the token server %s', async (_, body, expected) => {
    registry.behave = ({ path }, response) => {
      if (path === '/token') response.writeHead(body === '' ? 500 : 200).end(body);
      else response.writeHead(401, { 'www-authenticate': challenge(registry.host) }).end();
      return true;
    };
    const tokenUrl = `http://${registry.host}/token?service=registry&scope=repository%3Aapp%3Apull`;
    expect(await problem()).toBe(
      `${resolving()}failed to authorize: failed to fetch anonymous token: ${expected.replace('URL', tokenUrl)}`,
    );
  });

  it('may be a token of the registry, or one that the token server takes', async () => {
    gate('for-ada');
    const none = { username: '', password: '' };
    await store.pullImage(name, undefined, { ...none, registryToken: 'for-ada' });
    expect(registry.asked.some(({ path }) => path === '/token')).toBe(false);
    const { behave } = registry;
    registry.behave = (asked, response) => {
      if (asked.path !== '/token') return behave(asked, response);
      const form = Object.fromEntries(new URLSearchParams(asked.body));
      expect(form).toMatchObject({ grant_type: 'refresh_token', refresh_token: 'long-lived' });
      response.end('{"access_token":"for-ada"}');
      return true;
    };
    expect(await store.pullImage(name, undefined, { ...none, identityToken: 'long-lived' })).toMatch(
      /^sha256:/,
    );
  });

  it('are not asked for for ever', async () => {
    registry.behave = (_, response) => {
      response.writeHead(401, { 'www-authenticate': 'Basic realm="x"' }).end();
      return true;
    };
    expect(await problem(name, auth)).toBe(
      `${resolving()}unexpected status from HEAD request to ${url('manifests/1')}: 401 Unauthorized`,
    );
    expect(registry.asked).toHaveLength(2);
  });

  it('never reach the host to which a registry sends us', async () => {
    const storage = await new FakeRegistry().start();
    try {
      storage.blob(wasm);
      gate('for-ada');
      const { behave } = registry;
      registry.behave = (asked, response) => {
        if (!ofBlob(asked.path)) return behave(asked, response);
        response.writeHead(307, { location: `http://${storage.host}/v2/app/blobs/${sha256(wasm)}` }).end();
        return true;
      };
      expect(await store.pullImage(name, undefined, auth)).toMatch(/^sha256:/);
      expect(storage.asked.map(({ headers }) => headers.authorization)).toEqual([undefined]);
    } finally {
      await storage.stop();
    }
  });

  it('are not sent over plain http for a registry with TLS', async () => {
    // Held by the address alone: no connection is made.
    const { Authorizer } = await import('../../../../src/runtime/wasm/registry/authorizer.ts');
    const authorizer = new Authorizer(() => expect.fail('nothing may be sent'), auth);
    const headers = { 'www-authenticate': 'Bearer realm="http://evil.test/token"' };
    const response = { method: 'GET', url: new URL('https://r.test'), status: 401, statusLine: '', headers };
    expect(authorizer.refused({ ...response, body: emptyBody(), discard: () => {} }, false)).toBe(true);
    await expect(authorizer.authorization(new URL('https://r.test/v2/'), 'x')).rejects.toThrow(
      'credentials are not sent over plain http to evil.test',
    );
  });
});

async function* emptyBody(): AsyncIterable<Uint8Array> {}

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
