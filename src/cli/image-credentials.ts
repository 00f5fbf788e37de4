/** The passwords for registries that a person has: on the command line, or in Docker's configuration file. */
import { readFile } from 'node:fs/promises';
import { homedir } from 'node:os';
import { join } from 'node:path';
import type { AuthConfig } from '../api/cri.ts';
import { parseImageName } from '../api/image-name.ts';
import { credentialsFor } from '../kubelet/images/keyring.ts';
import { PodstepError } from '../lib/errors.ts';
import { type Io, say } from './io.ts';

type Surroundings = Pick<Io, 'language' | 'environment'>;

/** What is known for one image. */
export interface Credentials {
  readonly auth?: AuthConfig;
  /** A sentence for those who are refused: a password that Docker keeps where podstep does not look. */
  readonly note?: string;
}

interface DockerConfig {
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
  const text = await readFile(file, 'utf8').catch(() => undefined);
  if (text === undefined) return {};
  const config = parsed(text, file, io);
  const secret = {
    apiVersion: 'v1',
    kind: 'Secret',
    metadata: {},
    type: 'kubernetes.io/dockerconfigjson',
    data: { '.dockerconfigjson': Buffer.from(text).toString('base64') },
  };
  const found = credentialsFor(image, [secret]).find(({ auth }) => auth.username !== '');
  if (found !== undefined) return { auth: found.auth };
  const helper = config.credHelpers?.[registryOf(image)] ?? config.credsStore;
  return helper ? { note: say(io, 'images.credentialHelper', { file, image, helper }) } : {};
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
