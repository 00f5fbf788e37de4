import { expect, test } from 'vitest';
import { redirected } from '../../../../src/runtime/wasm/net/redirect.ts';

const first = {
  scheme: 'HTTP',
  host: '10.244.0.5',
  port: 8080,
  path: '/a/healthz?x=1',
  headers: [['X-Own', 'yes']],
} as const;

const to = (
  location: string,
  { request = first as Parameters<typeof redirected>[0]['first'], count = 1 } = {},
) => redirected({ first: request, last: request, count }, { statusCode: 302, location });

test.each([
  ['/b', { port: 8080, path: '/b' }],
  ['b?y', { port: 8080, path: '/a/b?y' }],
  ['?y', { port: 8080, path: '/a/healthz?y' }],
  ['../../../etc', { port: 8080, path: '/etc' }],
  ['//10.244.0.5:81/b', { port: 81, path: '/b' }],
  ['http://10.244.0.5/b', { port: 80, path: '/b' }],
  ['http://10.244.0.5:9/', { port: 9, path: '/' }],
  ['http://10.244.0.5:9', { port: 9, path: '/' }],
  ['http://10.244.0.6@10.244.0.5/b', { port: 80, path: '/b' }],
  ['https://10.244.0.5/b', { scheme: 'HTTPS', port: 443 }],
  ['/a b\\c', { path: '/a%20b%5Cc' }],
])('%s stays on the host and is followed', (location, target) => {
  expect(to(location)).toMatchObject({
    kind: 'follow',
    request: {
      host: '10.244.0.5',
      ...target,
      headers: [
        ['X-Own', 'yes'],
        ['Referer', 'http://10.244.0.5:8080/a/healthz?x=1'],
      ],
    },
  });
});

test.each([
  'http://10.244.0.6/',
  '//10.244.0.6/b',
  'http://10.244.0.5@10.244.0.6/',
  'http://10.244.0.5.example.com/',
  // Names of the same address are other names.
  'http://0x0af40005/',
  'http://10.16056325/',
  'http://[::ffff:10.244.0.5]/',
  'http://localhost/',
  'file:///etc/passwd',
  'mailto:10.244.0.5',
  'http:///b',
  'http:/b',
  '',
])('%j leaves the host: the answer itself counts', (location) => {
  expect(to(location)).toEqual({ kind: 'none' });
});

test('what begins with backslashes is a path', () => {
  expect(to('\\\\10.244.0.6\\b')).toMatchObject({
    request: { host: '10.244.0.5', path: '/a/%5C%5C10.244.0.6%5Cb' },
  });
});

test.each([
  ['http://[', "missing ']' in host"],
  ['http://10.244.0.5:eighty/', 'invalid port ":eighty" after host'],
  ['/%zz', 'invalid URL escape "%zz"'],
  ['/a\tb', 'net/url: invalid control character in URL'],
  ['http://a b/', 'invalid character " " in host name'],
])('%j cannot be read, in Go’s words', (location, why) => {
  const quoted = JSON.stringify(location);
  const message = `Get "http://10.244.0.5:8080/a/healthz?x=1": failed to parse Location header ${quoted}: parse ${quoted}: ${why}`;
  expect(to(location)).toEqual({ kind: 'failed', message });
});

test('an unknown scheme on the same host fails', () => {
  expect(to('ftp://10.244.0.5/b')).toEqual({
    kind: 'failed',
    message: 'Get "ftp://10.244.0.5/b": unsupported protocol scheme "ftp"',
  });
});

test('after ten requests none follows', () => {
  expect(to('/b', { count: 9 })).toMatchObject({ kind: 'follow' });
  expect(to('/b', { count: 10 })).toEqual({
    kind: 'failed',
    message: 'Get "/b": stopped after 10 redirects',
  });
});

test('a Host that was asked for goes to relative addresses only, a Referer of the probe’s own stays', () => {
  const request = {
    ...first,
    headers: [
      ['Host', 'shop.example'],
      ['Referer', 'mine'],
    ],
  } as const;
  expect(to('/b', { request })).toMatchObject({ request: { headers: request.headers } });
  expect(to('http://10.244.0.5/b', { request })).toMatchObject({
    request: { headers: [['Referer', 'mine']] },
  });
});

test.each([200, 204, 300, 304, 305, 306, 404, 500])('%i is no redirect', (statusCode) => {
  expect(redirected({ first, last: first, count: 1 }, { statusCode, location: '/b' })).toEqual({
    kind: 'none',
  });
});
