import { createHash } from 'node:crypto';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { engineAddress, formatAddress } from '../../../../src/runtime/docker/engine/address.ts';

let folder = '';
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'podstep-docker-'));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const at = (environment: Record<string, string>, platform: NodeJS.Platform = 'linux') =>
  engineAddress({ DOCKER_CONFIG: folder, ...environment }, platform);

test.each([
  [{}, 'linux', 'unix:///var/run/docker.sock'],
  [{}, 'win32', 'npipe:////./pipe/docker_engine'],
  [{ DOCKER_HOST: 'unix:///tmp/x.sock' }, 'linux', 'unix:///tmp/x.sock'],
  [{ DOCKER_HOST: 'tcp://10.0.0.1' }, 'linux', 'tcp://10.0.0.1:2375'],
  [{ DOCKER_HOST: 'tcp://[::1]:99' }, 'linux', 'tcp://::1:99'],
  [{ DOCKER_HOST: 'tcp://10.0.0.1', DOCKER_TLS_VERIFY: '1' }, 'linux', 'tcp://10.0.0.1:2376'],
] as const)('%j on %s is %s', (environment, platform, expected) => {
  expect(formatAddress(at(environment, platform))).toBe(expected);
});

test('TLS takes the certificates of DOCKER_CERT_PATH, and checks the host only when it shall', () => {
  const certificates = join(folder, 'certs');
  mkdirSync(certificates);
  writeFileSync(join(certificates, 'ca.pem'), 'CA');
  const DOCKER_HOST = 'tcp://engine.example:2376';
  const tlsOf = (more: Record<string, string>) => {
    const address = at({ DOCKER_HOST, DOCKER_CERT_PATH: certificates, ...more });
    return address.type === 'tcp' ? address.tls : undefined;
  };
  expect(tlsOf({ DOCKER_TLS_VERIFY: '1' })).toEqual({ ca: 'CA', verify: true });
  expect(tlsOf({ DOCKER_TLS: '1' })).toEqual({ ca: 'CA', verify: false });
  expect(tlsOf({})).toBeUndefined();
});

test('a context names the host and brings its certificates; DOCKER_HOST comes before it', () => {
  const digest = createHash('sha256').update('lab').digest('hex');
  const meta = join(folder, 'contexts', 'meta', digest);
  const tls = join(folder, 'contexts', 'tls', digest, 'docker');
  for (const one of [meta, tls]) mkdirSync(one, { recursive: true });
  const file = { Name: 'lab', Endpoints: { docker: { Host: 'tcp://lab:2376', SkipTLSVerify: false } } };
  writeFileSync(join(meta, 'meta.json'), JSON.stringify(file));
  writeFileSync(join(tls, 'key.pem'), 'KEY');
  expect(at({ DOCKER_CONTEXT: 'lab' })).toEqual({
    type: 'tcp',
    host: 'lab',
    port: 2376,
    tls: { key: 'KEY', verify: true },
  });
  writeFileSync(join(folder, 'config.json'), '{"currentContext":"lab"}');
  expect(formatAddress(at({}))).toBe('tcp://lab:2376');
  expect(formatAddress(at({ DOCKER_CONTEXT: 'default' }))).toBe('unix:///var/run/docker.sock');
  expect(formatAddress(at({ DOCKER_HOST: 'unix:///a' }))).toBe('unix:///a');
  rmSync(join(folder, 'config.json'));
});

test.each([
  [{ DOCKER_HOST: 'ssh://me@host' }, /DOCKER_HOST: "ssh:\/\/me@host" is not an address/],
  [{ DOCKER_HOST: '/var/run/docker.sock' }, /is not an address that podstep can use/],
  [{ DOCKER_CONTEXT: 'nobody' }, /the Docker context "nobody" is not there/],
])('%j is refused', (environment, message) => {
  expect(() => at(environment)).toThrow(message);
});
