/** The registries of this node, by the rules of the user's `certs.d`: the way in for the image store. */
import type { AuthConfig } from '../../../api/cri.ts';
import type { ImageName } from '../../../api/image-name.ts';
import type { Environment } from './connection.ts';
import { configuredEndpoints, hostFolder } from './hosts-file.ts';
import { DEFAULT_LIMITS, type RegistryLimits } from './limits.ts';
import { type LocalImage, pushImage } from './push.ts';
import { type RemoteImage, resolveImage } from './remote-image.ts';
import { Session } from './session.ts';
import { Unreachable } from './unreachable.ts';

export interface RegistriesOptions {
  /** Folders by host, as containerd's `/etc/containerd/certs.d`. */
  readonly directory: string;
  readonly limits?: Partial<RegistryLimits>;
  /** For HTTP_PROXY, HTTPS_PROXY and NO_PROXY; by default the process's. */
  readonly environment?: Environment;
}

export class Registries {
  readonly limits: RegistryLimits;
  readonly #directory: string;
  readonly #environment: Environment;
  readonly #unreachable: Unreachable;

  constructor({ directory, limits, environment = process.env }: RegistriesOptions) {
    this.#directory = directory;
    this.limits = { ...DEFAULT_LIMITS, ...limits };
    this.#environment = environment;
    this.#unreachable = new Unreachable(this.limits.unreachableMs);
  }

  /** Whether the user has said how this registry is reached. */
  async isConfigured(registry: string): Promise<boolean> {
    return (await hostFolder(this.#directory, registry)) !== undefined;
  }

  /** What `name` means on this node; `close` it when its blobs are here. @throws Error in containerd's words. */
  async resolve(name: ImageName, auth?: AuthConfig): Promise<RemoteImage> {
    const sessions = await this.#sessions(name, 'pull', auth);
    try {
      return await resolveImage(sessions, name, this.limits);
    } catch (error) {
      for (const session of sessions) session.close();
      throw error;
    }
  }

  /** Uploads an image of the store as `name`. @throws Error in containerd's words. */
  async push(
    name: ImageName,
    image: LocalImage,
    auth: AuthConfig | undefined,
    onBytes: (bytes: number) => void = () => {},
  ): Promise<void> {
    const sessions = await this.#sessions(name, 'pull,push', auth);
    try {
      const session = sessions.find(({ endpoint }) => endpoint.capabilities.has('push'));
      if (session === undefined) throw new Error('no push hosts: not found');
      await pushImage(session, image, name.tag || image.manifest.digest, onBytes);
    } finally {
      for (const session of sessions) session.close();
    }
  }

  async #sessions(
    name: ImageName,
    actions: 'pull' | 'pull,push',
    auth: AuthConfig | undefined,
  ): Promise<readonly Session[]> {
    const { registry, repository } = splitRepository(name);
    const endpoints = await configuredEndpoints(this.#directory, registry);
    const options = {
      registry,
      repository,
      actions,
      auth,
      limits: this.limits,
      environment: this.#environment,
      unreachable: this.#unreachable,
    };
    return endpoints.map((endpoint) => new Session(endpoint, options));
  }
}

/** `docker.io` and `library/busybox`. */
export function splitRepository({ repository }: ImageName): {
  readonly registry: string;
  readonly repository: string;
} {
  const slash = repository.indexOf('/');
  return { registry: repository.slice(0, slash), repository: repository.slice(slash + 1) };
}
