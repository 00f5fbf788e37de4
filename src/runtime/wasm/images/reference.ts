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
