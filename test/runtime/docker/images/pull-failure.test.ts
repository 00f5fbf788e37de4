import { expect, it } from 'vitest';
import { pullFailure } from '../../../../src/runtime/docker/images/pull-failure.ts';
import { registryAuth } from '../../../../src/runtime/docker/images/registry-auth.ts';

it.each([
  [
    404,
    'manifest for a:1 not found',
    'ErrImagePull',
    'Error response from daemon: manifest for a:1 not found',
  ],
  [500, 'Get "https://r/v2/": no basic auth credentials', 'ErrImagePull', 'Error response from daemon: Get'],
  [0, 'unexpected EOF', 'ErrImagePull', 'unexpected EOF'],
  [
    400,
    'invalid reference format',
    'InvalidImageName',
    'Error response from daemon: invalid reference format',
  ],
  [
    500,
    'received unexpected HTTP status: 502 Bad Gateway',
    'RegistryUnavailable',
    'RegistryUnavailable: Error',
  ],
  [
    0,
    'received unexpected HTTP status: 504 Gateway Timeout',
    'RegistryUnavailable',
    'RegistryUnavailable: received',
  ],
  [0, 'unsupported media type application/vnd.wasm.config.v0+json', 'ErrImagePull', 'unsupported media type'],
])('a pull that fails with %i %s is %s', (status, message, reason, begins) => {
  const error = pullFailure({ status, message });
  expect(error.reason).toBe(reason);
  expect(error.message.startsWith(begins)).toBe(true);
});

it('credentials go as JSON in base64 for URLs, and nobody’s not at all', () => {
  expect(registryAuth(undefined)).toEqual({});
  const auth = { username: 'a', password: '???>>>', identityToken: 't' };
  const { 'X-Registry-Auth': header = '' } = registryAuth(auth);
  expect(header).not.toMatch(/[+/]/);
  expect(JSON.parse(Buffer.from(header, 'base64url').toString())).toEqual({
    username: 'a',
    password: '???>>>',
    identitytoken: 't',
  });
});
