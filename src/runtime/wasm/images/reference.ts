/** Image names where the store needs them: in full, and as people write them. */
import { type ImageName, parseImageName } from '../../../api/image-name.ts';
import { RuntimeError } from '../../port.ts';

/** @throws RuntimeError InvalidArgument, reason InvalidImageName, in Kubernetes' words. */
export function parseReference(image: string): ImageName {
  const parsed = parseImageName(image);
  if (parsed.ok) return parsed.name;
  throw new RuntimeError('InvalidArgument', parsed.error, { reason: 'InvalidImageName' });
}

/** The name in full, without its digest. */
export function taggedName({ repository, tag }: ImageName): string {
  return tag === '' ? repository : `${repository}:${tag}`;
}

/** As people write it: without `docker.io/library/`. */
export function familiarName(fullName: string): string {
  return fullName.replace(/^docker\.io\/(library\/)?/, '');
}

/** What containerd calls the image: by digest when it has one (a tag beside it says nothing), else by tag. */
export function canonicalName(name: ImageName): string {
  return name.digest === '' ? taggedName(name) : `${name.repository}@${name.digest}`;
}
