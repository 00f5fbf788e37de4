/** Where the Engine listens, by Docker's own conventions: `DOCKER_HOST`, then the context, then the usual socket. */
import { createHash } from 'node:crypto';
import { existsSync, readFileSync } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { PodstepError } from '../../../lib/errors.ts';

/** What a TLS host wants to see, and what it must show. PEM texts. */
export interface EngineTls {
  readonly ca?: string;
  readonly cert?: string;
  readonly key?: string;
  /** False: whatever certificate the host shows is taken, as the docker command does without `DOCKER_TLS_VERIFY`. */
  readonly verify: boolean;
}

export type EngineAddress =
  /** A socket of this machine, or a named pipe of Windows. */
  | { readonly type: 'socket'; readonly path: string }
  | { readonly type: 'tcp'; readonly host: string; readonly port: number; readonly tls?: EngineTls };

type Environment = Readonly<Record<string, string | undefined>>;

const PORT = 2375;
const TLS_PORT = 2376;

/**
 * The address that the docker command would use (docker/cli cli/context, cli/command/cli.go). `platform` decides the
 * usual socket. @throws PodstepError for an address that is none, a context that is not there, and `ssh://`
 */
export function engineAddress(
  environment: Environment,
  platform: NodeJS.Platform = process.platform,
): EngineAddress {
  const folder = configFolder(environment);
  const host = environment.DOCKER_HOST;
  if (host) return parseHost(host, 'DOCKER_HOST', environmentTls(environment, folder));
  const context = environment.DOCKER_CONTEXT || currentContext(folder);
  if (context && context !== 'default') return contextAddress(folder, context);
  const path = platform === 'win32' ? '//./pipe/docker_engine' : '/var/run/docker.sock';
  return { type: 'socket', path };
}

/** Who says where the Engine is: in the order in which they are asked. */
export type AddressSource =
  | { readonly type: 'DOCKER_HOST' }
  | { readonly type: 'context'; readonly name: string }
  | { readonly type: 'usual' };

/** Where `engineAddress` has it from. */
export function addressSource(environment: Environment): AddressSource {
  if (environment.DOCKER_HOST) return { type: 'DOCKER_HOST' };
  const name = environment.DOCKER_CONTEXT || currentContext(configFolder(environment));
  return name && name !== 'default' ? { type: 'context', name } : { type: 'usual' };
}

/** The address as Docker writes it, for people. */
export function formatAddress(address: EngineAddress): string {
  if (address.type === 'socket')
    return `${address.path.startsWith('//') ? 'npipe' : 'unix'}://${address.path}`;
  return `tcp://${address.host}:${address.port}`;
}

function parseHost(text: string, source: string, tls: EngineTls | undefined): EngineAddress {
  const match = /^(unix|npipe|tcp|http|https):\/\/(.+)$/.exec(text);
  if (match === null) {
    const advice = text.startsWith('ssh:')
      ? 'podstep does not speak SSH: forward the socket (ssh -L /tmp/docker.sock:/var/run/docker.sock HOST) and set DOCKER_HOST=unix:///tmp/docker.sock'
      : 'Write it as unix:///path, tcp://host:port or npipe:////./pipe/name.';
    throw new PodstepError('BAD_USAGE', `${source}: "${text}" is not an address that podstep can use`, {
      advice,
    });
  }
  const [, scheme = '', rest = ''] = match;
  if (scheme === 'unix' || scheme === 'npipe') return { type: 'socket', path: rest };
  const secure = tls ?? (scheme === 'https' ? { verify: true } : undefined);
  try {
    const { hostname, port } = new URL(`tcp://${rest}`);
    const number = port === '' ? (secure === undefined ? PORT : TLS_PORT) : Number(port);
    const at = { type: 'tcp', host: hostname.replace(/^\[|\]$/g, ''), port: number } as const;
    return secure === undefined ? at : { ...at, tls: secure };
  } catch (cause) {
    throw new PodstepError('BAD_USAGE', `${source}: "${text}" has no host and port`, { cause });
  }
}

/** As `docker`: any `DOCKER_TLS` or `DOCKER_TLS_VERIFY` switches TLS on; the files are ca.pem, cert.pem, key.pem. */
function environmentTls(environment: Environment, folder: string): EngineTls | undefined {
  const verify = Boolean(environment.DOCKER_TLS_VERIFY);
  if (!verify && !environment.DOCKER_TLS) return undefined;
  return readTls(environment.DOCKER_CERT_PATH || folder, verify);
}

function readTls(folder: string, verify: boolean): EngineTls {
  const read = (name: string) =>
    existsSync(join(folder, name)) ? readFileSync(join(folder, name), 'utf8') : undefined;
  const [ca, cert, key] = [read('ca.pem'), read('cert.pem'), read('key.pem')];
  return { ...(ca && { ca }), ...(cert && { cert }), ...(key && { key }), verify };
}

function configFolder(environment: Environment): string {
  return environment.DOCKER_CONFIG || join(environment.HOME || homedir(), '.docker');
}

function currentContext(folder: string): string | undefined {
  const file = join(folder, 'config.json');
  if (!existsSync(file)) return undefined;
  return readJson<{ readonly currentContext?: string }>(file).currentContext;
}

interface ContextFile {
  readonly Endpoints?: {
    readonly docker?: { readonly Host?: string; readonly SkipTLSVerify?: boolean };
  };
}

/** A context's folder is named after the digest of its name (docker/cli cli/context/store). */
function contextAddress(folder: string, name: string): EngineAddress {
  const digest = createHash('sha256').update(name).digest('hex');
  const file = join(folder, 'contexts', 'meta', digest, 'meta.json');
  if (!existsSync(file)) {
    const advice = 'See `docker context ls`, or set DOCKER_HOST.';
    throw new PodstepError('BAD_USAGE', `the Docker context "${name}" is not there (${file})`, { advice });
  }
  const { Host: host, SkipTLSVerify: skip = false } = readJson<ContextFile>(file).Endpoints?.docker ?? {};
  if (!host) throw new PodstepError('BAD_USAGE', `${file}: Endpoints.docker.Host: the context names no host`);
  const certificates = join(folder, 'contexts', 'tls', digest, 'docker');
  return parseHost(host, file, existsSync(certificates) ? readTls(certificates, !skip) : undefined);
}

function readJson<T>(file: string): T {
  try {
    return JSON.parse(readFileSync(file, 'utf8')) as T;
  } catch (cause) {
    throw new PodstepError('FILE_UNREADABLE', `${file}: is not JSON: ${String(cause)}`, { cause });
  }
}
