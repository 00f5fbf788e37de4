/** Image references as people write them, and the same in full: `busybox` is `docker.io/library/busybox:latest`. */

export interface ImageReference {
  /** Registry and path: `docker.io/library/busybox`. */
  readonly repository: string;
  /** Empty when only a digest is given. */
  readonly tag: string;
  /** `sha256:...`, or empty. */
  readonly digest: string;
}

/** Docker's rules for names without a registry, a folder or a tag (distribution/reference: normalize.go). */
export function parseReference(image: string): ImageReference {
  const [named = '', digest = ''] = image.split('@', 2);
  const tagAt = named.indexOf(':', named.lastIndexOf('/') + 1);
  const name = tagAt === -1 ? named : named.slice(0, tagAt);
  const tag = tagAt === -1 ? '' : named.slice(tagAt + 1);
  const slash = name.indexOf('/');
  const first = slash === -1 ? '' : name.slice(0, slash);
  const hasRegistry = first === 'localhost' || /[.:]/.test(first) || first !== first.toLowerCase();
  const registry = hasRegistry ? (first === 'index.docker.io' ? 'docker.io' : first) : 'docker.io';
  const path = hasRegistry ? name.slice(slash + 1) : name;
  const folder = registry === 'docker.io' && !path.includes('/') ? 'library/' : '';
  return {
    repository: `${registry}/${folder}${path}`,
    tag: tag === '' && digest === '' ? 'latest' : tag,
    digest,
  };
}

/** The reference in full, without its digest. */
export function taggedName({ repository, tag }: ImageReference): string {
  return tag === '' ? repository : `${repository}:${tag}`;
}

/** As people write it: without `docker.io/library/`. */
export function familiarName(fullName: string): string {
  return fullName.replace(/^docker\.io\/(library\/)?/, '');
}
