import { readFileSync } from 'node:fs';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createServer as createHttpServer } from 'node:http';
import { createServer as createTlsServer } from 'node:https';
import { connect, createServer, type Server } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { PodstepError } from '../../../../src/lib/errors.ts';
import { parseReference } from '../../../../src/runtime/wasm/images/reference.ts';
import { defaultEndpoint } from '../../../../src/runtime/wasm/registry/endpoint.ts';
import { configuredEndpoints } from '../../../../src/runtime/wasm/registry/hosts-file.ts';
import { Registries } from '../../../../src/runtime/wasm/registry/registries.ts';
import { makeCertificates } from './docker-registry.ts';
import { FakeRegistry, json, TYPE } from './fake-registry.ts';

let directory: string;

beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'podstep-certs.d-'));
});

afterEach(() => rm(directory, { recursive: true, force: true }));

async function put(path: string, content: string): Promise<void> {
  await mkdir(join(directory, path, '..'), { recursive: true });
  await writeFile(join(directory, path), content);
}

const hosts = async (name: string) =>
  (await configuredEndpoints(directory, name)).map(({ scheme, host, path }) => `${scheme}://${host}${path}`);

describe('without a configuration', () => {
  it.each([
    ['ghcr.io', 'https://ghcr.io/v2', false, false],
    ['docker.io', 'https://registry-1.docker.io/v2', false, false],
    ['localhost', 'https://localhost/v2', true, false],
    ['localhost:5000', 'https://localhost:5000/v2', true, true],
    ['127.0.0.1:80', 'http://127.0.0.1:80/v2', false, false],
    ['[::1]:5000', 'https://[::1]:5000/v2', true, true],
    ['10.0.0.1:5000', 'https://10.0.0.1:5000/v2', false, false],
  ])('%s is %s', (host, url, skipVerify, fallsBackToHttp) => {
    const endpoint = defaultEndpoint(host);
    expect(`${endpoint.scheme}://${endpoint.host}${endpoint.path}`).toBe(url);
    expect(endpoint).toMatchObject({ skipVerify, fallsBackToHttp });
  });
});

describe('hosts.toml', () => {
  it('names mirrors before the server, in the order of the file', async () => {
    await put(
      'docker.io/hosts.toml',
      'server = "https://registry-1.docker.io"\n[host."http://10.0.0.1:5000"]\ncapabilities = ["pull", "resolve"]\n' +
        '[host."https://mirror.test/proxy"]\n[host."https://odd.test/api"]\noverride_path = true\n',
    );
    expect(await hosts('docker.io')).toEqual([
      'http://10.0.0.1:5000/v2',
      'https://mirror.test/proxy/v2',
      'https://odd.test/api',
      'https://registry-1.docker.io/v2',
    ]);
    const [first] = await configuredEndpoints(directory, 'docker.io');
    expect([...(first?.capabilities ?? [])]).toEqual(['pull', 'resolve']);
  });

  it('of _default speaks for every other host', async () => {
    await put('_default/hosts.toml', '[host."http://10.0.0.1:5000"]\n');
    expect(await hosts('quay.io')).toEqual(['http://10.0.0.1:5000/v2', 'https://quay.io/v2']);
  });

  it('may lie in a folder without a colon', async () => {
    await put('localhost_5000_/hosts.toml', 'server = "http://localhost:5000"\n');
    expect(await hosts('localhost:5000')).toEqual(['http://localhost:5000/v2']);
  });

  it.each([
    ['server = \n', ':1:10: '],
    ['server = 5\n', ': server: must be a string'],
    ['[host]\n"https://x.test" = 1\n', ': host."https://x.test": must be a table'],
    [
      '[host."https://x.test"]\ncapabilities = ["fly"]\n',
      ': host."https://x.test".capabilities: unknown capability fly',
    ],
    ['dial_timeout = "soon"\n', ': dial_timeout: is no duration such as "10s": soon'],
    ['ca = "none.crt"\n', ': unable to read '],
  ])('that is wrong (%j) is told with file and place', async (text, problem) => {
    await put('x.test/hosts.toml', text);
    const file = join(directory, 'x.test/hosts.toml');
    const error = await configuredEndpoints(directory, 'x.test').catch((thrown) => thrown);
    expect(error).toBeInstanceOf(PodstepError);
    expect(error.message).toContain(`${file}${problem}`);
    expect(error.advice).toContain('hosts.md');
  });
});

describe('certificate files in the manner of Docker', () => {
  it('are authorities and a pair of the client', async () => {
    await put('x.test/a.crt', 'AUTHORITY');
    await put('x.test/me.cert', 'CERTIFICATE');
    await put('x.test/me.key', 'KEY');
    expect(await configuredEndpoints(directory, 'x.test')).toMatchObject([
      { authorities: ['AUTHORITY'], clientCertificate: 'CERTIFICATE', clientKey: 'KEY', skipVerify: false },
    ]);
  });
});

describe('mirrors and proxies', () => {
  let registry: FakeRegistry;

  beforeEach(async () => {
    registry = await new FakeRegistry().start();
    registry.image('1', { mediaType: TYPE.wasmConfig, bytes: json({ os: 'wasip2' }) }, []);
  });

  afterEach(() => registry.stop());

  const registries = (environment: Record<string, string> = {}, limits = {}) =>
    new Registries({ directory, environment, limits: { connectMs: 300, ...limits } });

  it('the next server is asked when one is down or does not have it, and learns for whom it stands in', async () => {
    const empty = await new FakeRegistry().start();
    try {
      const down = `http://127.0.0.1:${await unusedPort()}`;
      const lines = [down, `http://${empty.host}`, `http://${registry.host}`].map(
        (host) => `[host."${host}"]\n`,
      );
      await put('r.test/hosts.toml', lines.join(''));
      const image = await registries().resolve(parseReference('r.test/team/app:1'));
      image.close();
      expect(empty.asked.map(({ path, query }) => [path, query.get('ns')])).toEqual([
        ['/v2/team/app/manifests/1', 'r.test'],
      ]);
      expect(registry.asked[0]?.query.get('ns')).toBe('r.test');
    } finally {
      await empty.stop();
    }
  });

  it('what came closest to an answer is told', async () => {
    await put(
      'r.test/hosts.toml',
      `server = "http://127.0.0.1:${await unusedPort()}"\n[host."http://${registry.host}"]\n`,
    );
    const name = parseReference('r.test/app:2');
    await expect(registries().resolve(name)).rejects.toThrow(
      'failed to resolve reference "r.test/app:2": r.test/app:2: not found',
    );
  });

  it('a proxy is asked for what is not on loopback', async () => {
    await put('r.test/hosts.toml', 'server = "http://r.test:8080"\n');
    const proxied: string[] = [];
    registry.behave = ({ headers }) => {
      proxied.push(String(headers.host));
      return undefined;
    };
    const image = await registries({ HTTP_PROXY: `http://${registry.host}` }).resolve(
      parseReference('r.test/app:1'),
    );
    image.close();
    expect(new Set(proxied)).toEqual(new Set(['r.test:8080']));
  });
});

describe('a proxy and TLS', () => {
  it('the connection goes through the proxy as it is, and the server is verified behind it', async () => {
    const certificates = makeCertificates(directory);
    const read = (path: string) => readFileSync(path);
    const server = createTlsServer(
      { key: read(certificates.key), cert: read(certificates.certificate) },
      (_, response) => response.writeHead(404).end(),
    );
    const port = await listen(server);
    const tunnels: string[] = [];
    const proxy = createHttpServer().on('connect', (request, client) => {
      tunnels.push(request.url ?? '');
      const onward = connect(port, '127.0.0.1', () => client.write('HTTP/1.1 200 OK\r\n\r\n'));
      onward.pipe(client).pipe(onward);
      client.on('error', () => onward.destroy());
      onward.on('error', () => client.destroy());
    });
    try {
      const environment = { HTTPS_PROXY: `http://127.0.0.1:${await listen(proxy)}` };
      await put('r.test/hosts.toml', `server = "https://r.test"\nca = "${certificates.authority}"\n`);
      const name = parseReference('r.test/app:1');
      const resolving = new Registries({ directory, environment }).resolve(name);
      await expect(resolving).rejects.toThrow(
        'x509: certificate is valid for 127.0.0.1, localhost, not r.test',
      );
      await put('r.test/hosts.toml', 'server = "https://r.test"\nskip_verify = true\n');
      await expect(new Registries({ directory, environment }).resolve(name)).rejects.toThrow(
        'r.test/app:1: not found',
      );
      expect(new Set(tunnels)).toEqual(new Set(['r.test:443']));
    } finally {
      for (const one of [server, proxy]) {
        one.closeAllConnections();
        one.close();
      }
    }
  });
});

async function unusedPort(): Promise<number> {
  const server = createServer();
  const port = await listen(server);
  await new Promise((resolve) => server.close(resolve));
  return port;
}

async function listen(server: Server): Promise<number> {
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  return typeof address === 'object' && address !== null ? address.port : 0;
}

describe('a server that takes the connection and says nothing', () => {
  it('is given up in time, and not tried again for a while', async () => {
    let connections = 0;
    const silent = createServer(() => {
      connections += 1;
    });
    const port = await listen(silent);
    try {
      await put('r.test/hosts.toml', `server = "https://127.0.0.1:${port}"\n`);
      const registries = new Registries({ directory, environment: {}, limits: { connectMs: 200 } });
      const name = parseReference('r.test/app:1');
      const expected = `failed to do request: Head "https://127.0.0.1:${port}/v2/app/manifests/1?ns=r.test": net/http: TLS handshake timeout`;
      await expect(registries.resolve(name)).rejects.toThrow(expected);
      await expect(registries.resolve(name)).rejects.toThrow(expected);
      expect(connections).toBe(1);
    } finally {
      silent.close();
    }
  });
});
