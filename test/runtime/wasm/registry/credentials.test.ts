import { describe, expect, it } from 'vitest';
import { sha256 } from '../../../../src/runtime/wasm/images/digest.ts';
import { FakeRegistry } from './fake-registry.ts';
import { name, ofBlob, problem, registry, resolving, store, url, wasm } from './pulling.ts';

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
