/** The passwords for registries that a person has: on the command line, or in Docker's configuration file. */
import { readFile } from 'node:fs/promises';
import { homedir } from 'node:os';
import { join } from 'node:path';
import type { AuthConfig } from '../api/cri.ts';
import { parseImageName } from '../api/image-name.ts';
import type { KubeObject } from '../api/types.ts';
import { credentialsFor } from '../kubelet/images/keyring.ts';
import { PodstepError } from '../lib/errors.ts';
import { fileProblem } from './file-problem.ts';
import { type Io, say } from './io.ts';

type Surroundings = Pick<Io, 'language' | 'environment'>;

/** What is known for one image. */
export interface Credentials {
  readonly auth?: AuthConfig;
  /** A sentence for those who are refused: a password that Docker keeps where podstep does not look. */
  readonly note?: string;
}

interface DockerConfig {
  readonly auths?: Readonly<Record<string, unknown>> | null;
  readonly credsStore?: string;
  readonly credHelpers?: Readonly<Record<string, string | undefined>>;
}

/** `USER:PASSWORD`, as crictl's --creds. @throws PodstepError BAD_USAGE */
export function parseCredentials(text: string, io: Pick<Io, 'language'>): AuthConfig {
  const colon = text.indexOf(':');
  if (colon < 1) throw new PodstepError('BAD_USAGE', say(io, 'images.badCredentials'));
  return { username: text.slice(0, colon), password: text.slice(colon + 1) };
}

/**
 * What Docker's config.json (`$DOCKER_CONFIG`, `~/.docker`) has for the image, as a kubelet reads it from a pull secret.
 * @throws PodstepError FILE_UNREADABLE
 */
export async function dockerCredentials(image: string, io: Surroundings): Promise<Credentials> {
  const { DOCKER_CONFIG, HOME } = io.environment;
  const file = join(DOCKER_CONFIG || join(HOME || homedir(), '.docker'), 'config.json');
  const text = await textIfThere(file, io);
  if (text === undefined) return {};
  const config = parsed(text, file, io);
  const [auth] = authsFor(image, config);
  if (auth !== undefined) return { auth };
  const helper = config.credHelpers?.[registryOf(image)] ?? config.credsStore;
  return helper ? { note: say(io, 'images.credentialHelper', { file, image, helper }) } : {};
}

async function textIfThere(file: string, io: Surroundings): Promise<string | undefined> {
  try {
    return await readFile(file, 'utf8');
  } catch (cause) {
    if (['ENOENT', 'ENOTDIR'].includes((cause as NodeJS.ErrnoException).code ?? '')) return undefined;
    const { message } = fileProblem('cli.unreadable', file, cause, io);
    throw new PodstepError('FILE_UNREADABLE', message, {
      advice: say(io, 'images.otherDockerConfig'),
      cause,
    });
  }
}

/**
 * Of the entries that are for the image, the nearest first. An identity token, which `docker login` leaves for some
 * registries (docker/cli: configfile), stands for user and password; pull secrets know none.
 */
function authsFor(image: string, { auths }: DockerConfig): readonly AuthConfig[] {
  const keys = credentialsFor(image, [
    secretOf(Object.fromEntries(Object.keys(auths ?? {}).map((key) => [key, { username: key }]))),
  ]).map(({ auth }) => auth.username ?? '');
  return keys.flatMap((key) => {
    const entry = auths?.[key] as { identitytoken?: unknown } | null;
    if (typeof entry?.identitytoken === 'string' && entry.identitytoken !== '')
      return [{ username: '', password: '', identityToken: entry.identitytoken }];
    const found = credentialsFor(image, [secretOf({ [key]: entry })]).map(({ auth }) => auth);
    return found.filter(({ username }) => username !== '');
  });
}

function secretOf(auths: Readonly<Record<string, unknown>>): KubeObject {
  return {
    apiVersion: 'v1',
    kind: 'Secret',
    metadata: { name: 'config.json' },
    type: 'kubernetes.io/dockerconfigjson',
    data: { '.dockerconfigjson': Buffer.from(JSON.stringify({ auths })).toString('base64') },
  };
}

function parsed(text: string, file: string, io: Surroundings): DockerConfig {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === 'object' && value !== null ? value : {};
  } catch (cause) {
    throw new PodstepError('FILE_UNREADABLE', say(io, 'images.badDockerConfig', { file }), { cause });
  }
}

/** The host that `credHelpers` is keyed by. */
function registryOf(image: string): string {
  const name = parseImageName(image);
  return name.ok ? (name.name.repository.split('/')[0] ?? '') : '';
}
