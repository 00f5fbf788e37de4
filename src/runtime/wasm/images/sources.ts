/**
 * Where an image comes from, by its name:
 *
 * 1. a stand-in, when one has the name (also below `registry.example.com/`, for those who may);
 * 2. nowhere, without asking the network, for names that cannot lead to an image of WebAssembly: the official images
 *    of Docker Hub and Kubernetes, which are Linux programs, and the hosts that RFC 2606 and 6761 keep for examples.
 *    What a lesson shows of them is the same with and without a network. A registry for which `certs.d` has a folder
 *    is asked all the same;
 * 3. the registry of the name.
 */
import type { AuthConfig } from '../../../api/cri.ts';
import type { ImageName } from '../../../api/image-name.ts';
import { RuntimeError } from '../../port.ts';
import { pullDenied } from '../../pull-denied.ts';
import { type Registries, splitRepository } from '../registry/registries.ts';
import type { RemoteImage } from '../registry/remote-image.ts';
import { type Artifact, assemble } from './artifact.ts';
import { isPrivate, opensPrivateRegistry, publicName } from './private-registry.ts';
import { canonicalName, parseReference } from './reference.ts';
import { familiarNames, findStandIn, readStandIns, type StandIn } from './stand-in.ts';

/** Repositories that hold Linux programs alone. */
const LINUX_ONLY =
  /^(?:docker\.io\/library|registry\.k8s\.io|k8s\.gcr\.io|gcr\.io\/google[-_](?:samples|containers))\//;

/** RFC 2606 and RFC 6761: names that belong to nobody. */
const RESERVED = /(?:^|\.)(?:example|invalid|test|example\.(?:com|net|org))$/;

export class ImageSources {
  readonly #workloads: string;
  readonly #registries: Registries;
  #standIns: Promise<readonly StandIn[]> | undefined;

  /** `workloads`: the folder of the stand-ins. */
  constructor(workloads: string, registries: Registries) {
    this.#workloads = workloads;
    this.#registries = registries;
  }

  /** @throws RuntimeError, or Error in containerd's words */
  async resolve(image: string, auth: AuthConfig | undefined): Promise<Artifact> {
    this.#standIns ??= readStandIns(this.#workloads);
    const standIns = await this.#standIns;
    if (isPrivate(image) && !opensPrivateRegistry(auth)) throw new RuntimeError('Unknown', pullDenied(image));
    const standIn = findStandIn(standIns, publicName(image));
    if (standIn) return assemble(standIn, this.#workloads);
    const name = parseReference(image);
    await this.#refuseWhatCannotBe(name, standIns);
    return asArtifact(await this.#registries.resolve(name, auth));
  }

  async #refuseWhatCannotBe(name: ImageName, standIns: readonly StandIn[]): Promise<void> {
    const { registry, repository } = splitRepository(name);
    if (await this.#registries.isConfigured(registry)) return;
    const full = canonicalName(name);
    if (isPrivate(full))
      throw new RuntimeError('NotFound', `failed to resolve reference "${full}": ${full}: not found`);
    const [host = ''] = registry.split(':');
    if (RESERVED.test(host)) {
      const url = `https://${registry}/v2/${repository}/manifests/${name.digest || name.tag}`;
      throw new RuntimeError(
        'Unavailable',
        `failed to resolve reference "${full}": failed to do request: Head "${url}": dial tcp: lookup ${host}: no such host`,
      );
    }
    if (!LINUX_ONLY.test(full)) return;
    throw new RuntimeError(
      'NotFound',
      `no stand-in for this image: podstep has its own programs for ${familiarNames(standIns).join(', ')} ` +
        '(all names: podstep images); it runs no other Linux programs, and pulls images of WebAssembly from their ' +
        'registries (ghcr.io/..., localhost:5000/...)',
      { reason: 'ErrImagePull' },
    );
  }
}

function asArtifact(image: RemoteImage): Artifact {
  const { manifest, manifestBytes, config, layers } = image;
  const blobs = [config, ...layers].map((descriptor) => ({
    descriptor,
    open: (offset: number) => image.open(descriptor, offset),
  }));
  return { manifest, manifestBytes, blobs, close: () => image.close() };
}
