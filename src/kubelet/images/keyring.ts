/**
 * Which credentials of a pod's pull secrets fit an image. Follows pkg/credentialprovider: config.go (the
 * files that the secrets hold), keyring.go (Add, Lookup), secrets/secrets.go (MakeDockerKeyring).
 */
import type { AuthConfig } from '../../api/cri.ts';
import { parseImageName } from '../../api/image-name.ts';
import type { KubeObject } from '../../api/types.ts';
import { decodeBase64 } from '../../lib/base64.ts';

/** A registry's credentials, and the secret that they come from. */
export interface Credential {
  readonly auth: AuthConfig;
  readonly secret: string;
}

/** By registry, with or without a path in it. */
type Keyring = ReadonlyMap<string, readonly Credential[]>;

/** Docker Hub's key in every configuration file. */
const DEFAULT_REGISTRY = 'index.docker.io';

/** The credentials to try, the most specific registry first. */
export function credentialsFor(image: string, secrets: readonly KubeObject[]): readonly Credential[] {
  const parsed = parseImageName(image);
  const repository = parsed.ok ? parsed.name.repository : image;
  const keyring = keyringOf(secrets);
  const keys = [...keyring.keys()].sort().reverse();
  const found = keys.filter((key) => matches(key, repository)).flatMap((key) => keyring.get(key) ?? []);
  if (found.length > 0 || !isDefaultRegistry(repository)) return found;
  return keyring.get(DEFAULT_REGISTRY) ?? [];
}

function keyringOf(secrets: readonly KubeObject[]): Keyring {
  const keyring = new Map<string, Credential[]>();
  for (const secret of secrets) {
    const { namespace = '', name = '', uid = '' } = secret.metadata;
    for (const [registry, auth] of entriesOf(secret)) {
      const key = registryKey(registry);
      const credential = { auth, secret: `${namespace}/${name}/${uid}` };
      keyring.set(key, [...(keyring.get(key) ?? []), credential]);
    }
  }
  return keyring;
}

/** What a secret of one of the two types for registries holds; one that is no such file holds nothing. */
function entriesOf({ type, data }: KubeObject): readonly [registry: string, auth: AuthConfig][] {
  const fields = asFields(data);
  const parsed = (key: string) => asFields(parsedJson(String(fields[key] ?? '')));
  const files: Readonly<Record<string, () => Fields>> = {
    'kubernetes.io/dockerconfigjson': () => asFields(parsed('.dockerconfigjson').auths),
    'kubernetes.io/dockercfg': () => parsed('.dockercfg'),
  };
  const file = files[String(type)]?.() ?? {};
  return Object.entries(file).map(([registry, entry]) => [registry, authOf(asFields(entry))]);
}

type Fields = Readonly<Record<string, unknown>>;

function asFields(value: unknown): Fields {
  return typeof value === 'object' && value !== null ? (value as Fields) : {};
}

function parsedJson(encoded: string): unknown {
  try {
    return JSON.parse(decodeBase64(encoded));
  } catch {
    return undefined;
  }
}

/** `auth` is user and password in one, and wins over both. */
function authOf({ username, password, auth }: Fields): AuthConfig {
  const whole = typeof auth === 'string' && auth !== '' ? decodedAuth(auth) : undefined;
  return whole ?? { username: String(username ?? ''), password: String(password ?? '') };
}

function decodedAuth(auth: string): AuthConfig | undefined {
  try {
    const text = decodeBase64(auth);
    const colon = text.indexOf(':');
    return colon < 0 ? undefined : { username: text.slice(0, colon), password: text.slice(colon + 1) };
  } catch {
    return undefined;
  }
}

/** Host and path of an entry; the paths of the registry's API say nothing. */
function registryKey(registry: string): string {
  const [host = '', ...path] = registry.replace(/^https?:\/\//, '').split('/');
  const rest = /^v[12]$/.test(path[0] ?? '') && path.length > 1 ? path.slice(1) : path;
  const place = rest.join('/');
  return place === '' ? host : `${host}/${place}`;
}

/** Whether credentials for `key` are for this repository (URLsMatch): `*` stands for a part of the host. */
function matches(key: string, repository: string): boolean {
  const [wanted, found] = [split(key), split(repository)];
  return (
    wanted.port === found.port &&
    wanted.host.length === found.host.length &&
    found.path.startsWith(wanted.path) &&
    wanted.host.every((part, index) => globMatches(part, found.host[index] ?? ''))
  );
}

function split(url: string): {
  readonly host: readonly string[];
  readonly port: string;
  readonly path: string;
} {
  const slash = url.indexOf('/');
  const [name = '', port = ''] = (slash < 0 ? url : url.slice(0, slash)).split(':');
  return { host: name.split('.'), port, path: slash < 0 ? '' : url.slice(slash) };
}

function globMatches(glob: string, text: string): boolean {
  const pattern = glob
    .replace(/[.+^${}()|\\]/g, '\\$&')
    .replaceAll('*', '.*')
    .replaceAll('?', '.');
  return new RegExp(`^${pattern}$`).test(text);
}

/** Names without a host are Docker Hub's (isDefaultRegistryMatch). */
function isDefaultRegistry(repository: string): boolean {
  const [first = '', ...rest] = repository.split('/');
  if (first === '') return false;
  return rest.length === 0 || first === 'docker.io' || first === DEFAULT_REGISTRY || !/[.:]/.test(first);
}
