/** A token server as the distribution specification has it: JSON web tokens that a real registry verifies by certificate. */
import { sign, X509Certificate } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { Certificates } from './docker-registry.ts';

export const ISSUER = 'podstep test issuer';
export const SERVICE = 'podstep-test';

const base64 = (data: string | Uint8Array) => Buffer.from(data).toString('base64url');

/** Grants everybody pull, and `user` also push. */
export async function startTokenServer(
  certificates: Certificates,
  user: { readonly username: string; readonly password: string },
): Promise<{ readonly realm: string; readonly asked: string[]; stop(): Promise<void> }> {
  const asked: string[] = [];
  const key = readFileSync(certificates.key, 'utf8');
  const chain = [new X509Certificate(readFileSync(certificates.certificate)).raw.toString('base64')];
  const header = base64(JSON.stringify({ typ: 'JWT', alg: 'ES256', x5c: chain }));
  const tokenFor = (scopes: readonly string[], isKnown: boolean) => {
    const access = scopes.map((scope) => {
      const [type, name, actions = ''] = scope.split(':');
      const granted = actions.split(',').filter((action) => isKnown || action === 'pull');
      return { type, name, actions: granted };
    });
    const nowSeconds = Math.floor(Date.now() / 1000);
    const times = { nbf: nowSeconds - 5, iat: nowSeconds - 5, exp: nowSeconds + 300 };
    const claims = {
      iss: ISSUER,
      sub: isKnown ? user.username : '',
      aud: SERVICE,
      jti: 'one',
      ...times,
      access,
    };
    const signed = `${header}.${base64(JSON.stringify(claims))}`;
    return `${signed}.${base64(sign('sha256', Buffer.from(signed), { key, dsaEncoding: 'ieee-p1363' }))}`;
  };
  const server: Server = createServer(async (request, response) => {
    let body = '';
    for await (const chunk of request) body += chunk;
    const form = new URLSearchParams(body);
    const { searchParams } = new URL(request.url ?? '/', 'http://here');
    asked.push(request.method ?? '');
    const scopes =
      request.method === 'POST' ? (form.get('scope') ?? '').split(' ') : searchParams.getAll('scope');
    const isKnown = form.get('username') === user.username && form.get('password') === user.password;
    if (request.method === 'POST' && !isKnown) response.writeHead(403).end();
    else response.end(JSON.stringify({ access_token: tokenFor(scopes, isKnown), expires_in: 300 }));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  const port = typeof address === 'object' && address !== null ? address.port : 0;
  return {
    realm: `http://127.0.0.1:${port}/token`,
    asked,
    async stop() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}
