/** A real registry on loopback: Debian's `docker-registry`, with its data in a directory of its own. */
import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { connect, createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { hashSync } from 'bcryptjs';
import { describe } from 'vitest';

/** Why the suites that need it are skipped; undefined when it is here. CI installs it (.ci/run). */
const MISSING: string | undefined = (() => {
  try {
    execFileSync('docker-registry', ['--version'], { stdio: 'ignore' });
    return undefined;
  } catch {
    return 'docker-registry is not installed (apt-get install docker-registry)';
  }
})();

/** A suite that needs it; where it is missing, the reason stands in the title of what is skipped. */
export function describeReal(title: string, suite: () => void): void {
  if (MISSING === undefined) describe(title, suite);
  else describe.skip(`${title}: ${MISSING}`, suite);
}

export const USER = { username: 'learner', password: 'open sesame' };

export interface RegistryProcess {
  /** `127.0.0.1:40123` */
  readonly host: string;
  readonly directory: string;
  stop(): Promise<void>;
}

export interface RegistrySettings {
  /** Only USER may read and write. */
  readonly basicAuth?: boolean;
  readonly tls?: { readonly certificate: string; readonly key: string };
  /** Tokens of a token server. */
  readonly token?: {
    readonly realm: string;
    readonly service: string;
    readonly issuer: string;
    readonly bundle: string;
  };
}

async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  await new Promise((resolve) => server.close(resolve));
  if (typeof address !== 'object' || address === null) throw new Error('no port');
  return address.port;
}

export async function startRegistry(settings: RegistrySettings = {}): Promise<RegistryProcess> {
  for (let attempt = 1; ; attempt++) {
    try {
      return await startOnce(settings);
    } catch (error) {
      // Somebody took the port between its choice and its use.
      if (attempt === 3 || !String(error).includes('address already in use')) throw error;
    }
  }
}

async function startOnce(settings: RegistrySettings): Promise<RegistryProcess> {
  const directory = await mkdtemp(join(tmpdir(), 'podstep-registry-'));
  const host = `127.0.0.1:${await freePort()}`;
  const lines = [
    'version: 0.1',
    'log: { level: error, accesslog: { disabled: true } }',
    `storage: { filesystem: { rootdirectory: ${join(directory, 'data')} }, delete: { enabled: true } }`,
    'http:',
    `  addr: ${host}`,
    '  secret: not-a-secret',
  ];
  const { basicAuth, tls, token } = settings;
  if (tls) lines.push(`  tls: { certificate: ${tls.certificate}, key: ${tls.key} }`);
  if (basicAuth) {
    const passwords = join(directory, 'htpasswd');
    await writeFile(passwords, `${USER.username}:${hashSync(USER.password, 4)}\n`);
    lines.push(`auth: { htpasswd: { realm: podstep, path: ${passwords} } }`);
  }
  if (token) {
    const { realm, service, issuer, bundle } = token;
    lines.push(
      `auth: { token: { realm: "${realm}", service: ${service}, issuer: ${issuer}, rootcertbundle: ${bundle} } }`,
    );
  }
  const file = join(directory, 'config.yml');
  await writeFile(file, `${lines.join('\n')}\n`);
  const child = spawn('docker-registry', ['serve', file], { stdio: ['ignore', 'pipe', 'pipe'] });
  let log = '';
  child.stdout.on('data', (data) => (log += data));
  child.stderr.on('data', (data) => (log += data));
  await untilItListens(host, child, () => log);
  return {
    host,
    directory,
    async stop() {
      const ended = new Promise((resolve) => child.once('exit', resolve));
      child.kill('SIGKILL');
      await ended;
      await rm(directory, { recursive: true, force: true });
    },
  };
}

async function untilItListens(host: string, child: ChildProcess, log: () => string): Promise<void> {
  const [name = '', port = ''] = host.split(':');
  const giveUpAt = performance.now() + 20_000;
  for (;;) {
    if (child.exitCode !== null) throw new Error(`docker-registry ended: ${log()}`);
    if (performance.now() > giveUpAt) throw new Error(`docker-registry does not listen: ${log()}`);
    const isOpen = await new Promise<boolean>((resolve) => {
      const socket = connect(Number(port), name, () => resolve(true));
      socket.once('error', () => resolve(false)).once('connect', () => socket.end());
    });
    if (isOpen) return;
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}

export interface Certificates {
  /** PEM of the authority. */
  readonly authority: string;
  readonly certificate: string;
  readonly key: string;
}

/** An authority of our own, and a server's certificate for 127.0.0.1 and localhost, made with openssl. */
export function makeCertificates(directory: string): Certificates {
  const at = (name: string) => join(directory, name);
  const openssl = (...args: readonly string[]) =>
    execFileSync('openssl', args, { cwd: directory, stdio: 'pipe' });
  const curve = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes', '-days', '2'];
  openssl(
    'req',
    '-x509',
    ...curve,
    '-keyout',
    at('ca.key'),
    '-out',
    at('ca.crt'),
    '-subj',
    '/CN=podstep test authority',
  );
  openssl(
    ...[
      'req',
      '-x509',
      ...curve,
      '-keyout',
      at('server.key'),
      '-out',
      at('server.crt'),
      '-subj',
      '/CN=localhost',
    ],
    ...['-CA', at('ca.crt'), '-CAkey', at('ca.key')],
    ...['-addext', 'subjectAltName=IP:127.0.0.1,DNS:localhost', '-addext', 'basicConstraints=CA:FALSE'],
  );
  return { authority: at('ca.crt'), certificate: at('server.crt'), key: at('server.key') };
}
