import { expect, test } from 'vitest';
import type { Volume } from '../../../src/api/types.ts';
import { type PayloadInput, payloadOf } from '../../../src/kubelet/volumes/payload.ts';
import { pod } from '../fixtures.ts';

const DATA = { text: { a: '1', b: '2' }, base64: { blob: 'AAE=' } };

function made(source: Omit<Volume, 'name'>, input: Partial<PayloadInput> = {}) {
  return payloadOf(
    { name: 'v', ...source },
    {
      pod: pod({}, { labels: { app: 'web' } }),
      allocatable: { memory: '8Gi' },
      keyed: (_, name) => (name === 'there' ? DATA : undefined),
      token: ({ audience }) => `token for ${audience}`,
      ...input,
    },
  );
}

test('all keys, texts and bytes, or the named ones under other paths', () => {
  expect(made({ configMap: { name: 'there', defaultMode: 0o600 } })).toEqual({
    ok: true,
    payload: {
      a: { data: '1', encoding: 'utf8', mode: 0o600 },
      b: { data: '2', encoding: 'utf8', mode: 0o600 },
      blob: { data: 'AAE=', encoding: 'base64', mode: 0o600 },
    },
  });
  const items = [{ key: 'b', path: 'deep/x', mode: 0o400 }];
  expect(made({ secret: { secretName: 'there', items } })).toEqual({
    ok: true,
    payload: { 'deep/x': { data: '2', encoding: 'utf8', mode: 0o400 } },
  });
});

test('what is missing fails the mount, unless it is optional', () => {
  const items = [{ key: 'c', path: 'c' }];
  expect(made({ secret: { secretName: 'there', items } })).toEqual({
    ok: false,
    error: 'references non-existent secret key: c',
  });
  expect(made({ secret: { secretName: 'there', items, optional: true } })).toEqual({ ok: true, payload: {} });
  expect(made({ configMap: { name: 'gone' } })).toEqual({ ok: false, error: 'configmap "gone" not found' });
  expect(made({ configMap: { name: 'gone', optional: true } })).toEqual({ ok: true, payload: {} });
});

test('a projected volume joins its sources; the later one wins; every error is told once', () => {
  const token = { serviceAccountToken: { path: 'token', audience: 'vault' } };
  const first = { configMap: { name: 'there', items: [{ key: 'a', path: 'x' }] } };
  const second = { secret: { name: 'there', items: [{ key: 'b', path: 'x' }] } };
  expect(made({ projected: { sources: [first, second, token], defaultMode: 0o444 } })).toEqual({
    ok: true,
    payload: {
      x: { data: '2', encoding: 'utf8', mode: 0o444 },
      token: { data: 'token for vault', encoding: 'utf8', mode: 0o444 },
    },
  });
  const gone = { secret: { name: 'gone' } };
  expect(made({ projected: { sources: [gone, gone, { configMap: { name: 'gone' } }] } })).toEqual({
    ok: false,
    error: '[secret "gone" not found, configmap "gone" not found]',
  });
});

test("a token is the pod's own when the pod has a group", () => {
  const sources = [{ serviceAccountToken: { path: 'token' } }];
  const grouped = pod({ securityContext: { fsGroup: 2000 } });
  const result = made({ projected: { sources, defaultMode: 0o644 } }, { pod: grouped });
  expect(result).toHaveProperty('payload.token.mode', 0o600);
});

test('the downward API: fields, resources, and what it cannot tell', () => {
  const labels = { path: 'labels', fieldRef: { fieldPath: 'metadata.labels' } };
  const resource = (containerName: string) => ({
    path: 'memory',
    resourceFieldRef: { containerName, resource: 'limits.memory', divisor: '1Gi' },
  });
  expect(made({ downwardAPI: { items: [labels, resource('app')] } })).toMatchObject({
    payload: { labels: { data: 'app="web"' }, memory: { data: '8' } },
  });
  const node = { path: 'node', fieldRef: { fieldPath: 'spec.nodeName' } };
  expect(made({ downwardAPI: { items: [node, resource('other')] } })).toEqual({
    ok: false,
    error: '[unsupported fieldPath: spec.nodeName, container other not found]',
  });
});
