/**
 * Names of images, taken apart as Kubernetes does it (pkg/util/parsers/parsers.go ParseImageName, which
 * stands on distribution/reference: normalize.go, regexp.go, reference.go).
 */

export interface ImageName {
  /** With registry and path: `docker.io/library/busybox`. */
  readonly repository: string;
  /** `latest` when the name has neither tag nor digest; empty when it has a digest alone. */
  readonly tag: string;
  /** `sha256:...`, or empty. */
  readonly digest: string;
}

export type ParsedImageName =
  | { readonly ok: true; readonly name: ImageName }
  /** `couldn't parse image name "X": invalid reference format` */
  | { readonly ok: false; readonly error: string };

const DOMAIN_LABEL = '(?:[a-zA-Z0-9]|[a-zA-Z0-9][a-zA-Z0-9-]*[a-zA-Z0-9])';
const DOMAIN = `(?:${DOMAIN_LABEL}(?:\\.${DOMAIN_LABEL})*|\\[(?:[a-fA-F0-9:]+)\\])(?::[0-9]+)?`;
const PATH_PART = '[a-z0-9]+(?:(?:[._]|__|-+)[a-z0-9]+)*';
const TAG = '[A-Za-z0-9_][A-Za-z0-9_.-]{0,127}';
const DIGEST = '[A-Za-z][A-Za-z0-9]*(?:[-_+.][A-Za-z][A-Za-z0-9]*)*:[0-9a-fA-F]{32,}';
const REFERENCE = new RegExp(`^(${DOMAIN}/${PATH_PART}(?:/${PATH_PART})*)(?::(${TAG}))?(?:@(${DIGEST}))?$`);

const DIGEST_HEX: Readonly<Record<string, number>> = { sha256: 64, sha384: 96, sha512: 128 };
const MAX_REPOSITORY = 255;

/** Takes an image's name apart; short names stand for Docker Hub's. */
export function parseImageName(image: string): ParsedImageName {
  const parsed = parseReference(image);
  if (typeof parsed === 'string') {
    return { ok: false, error: `couldn't parse image name ${JSON.stringify(image)}: ${parsed}` };
  }
  const { repository, tag, digest } = parsed;
  const shown = tag === '' && digest === '' ? 'latest' : tag;
  return { ok: true, name: { repository, tag: shown, digest } };
}

/** Always for `latest` and for no tag, else IfNotPresent, also for a name that cannot be parsed (SetDefaults_Container). */
export function defaultPullPolicy(image: string): 'Always' | 'IfNotPresent' {
  const parsed = parseImageName(image);
  return parsed.ok && parsed.name.tag === 'latest' ? 'Always' : 'IfNotPresent';
}

/**
 * The name that is asked of the runtime: `:latest` is appended when there is neither tag nor digest, and
 * nothing else is expanded (pkg/kubelet/images/image_manager.go applyDefaultImageTag).
 */
export function applyDefaultImageTag(
  image: string,
): { readonly ok: true; readonly image: string } | { readonly ok: false; readonly error: string } {
  const parsed = parseReference(image);
  if (typeof parsed === 'string') {
    return { ok: false, error: `couldn't parse image name ${JSON.stringify(image)}: ${parsed}` };
  }
  return { ok: true, image: parsed.tag === '' && parsed.digest === '' ? `${image}:latest` : image };
}

/** The reference with its registry filled in, or the words of distribution/reference on why it is none. */
function parseReference(image: string): ImageName | string {
  if (/^[a-f0-9]{64}$/.test(image)) {
    return `invalid repository name (${image}), cannot specify 64-byte hexadecimal strings`;
  }
  const { domain, remainder } = splitDomain(image);
  const path = remainder.split(':', 1)[0] ?? '';
  if (path.toLowerCase() !== path) {
    return `invalid reference format: repository name (${path}) must be lowercase`;
  }
  const match = REFERENCE.exec(`${domain}/${remainder}`);
  if (!match) return 'invalid reference format';
  const [, repository = '', tag = '', digest = ''] = match;
  // The limit is on the path without the registry.
  if (repository.length - domain.length - 1 > MAX_REPOSITORY) {
    return `repository name must not be more than ${MAX_REPOSITORY} characters`;
  }
  return digestProblem(digest) ?? { repository, tag, digest };
}

function splitDomain(image: string): { domain: string; remainder: string } {
  const slash = image.indexOf('/');
  const first = image.slice(0, Math.max(0, slash));
  // Without a dot, a port or an upper-case letter the first part is a user of Docker Hub.
  const isDomain =
    slash >= 0 && (/[.:]/.test(first) || first === 'localhost' || first.toLowerCase() !== first);
  const domain = isDomain && first !== 'index.docker.io' ? first : 'docker.io';
  const rest = isDomain ? image.slice(slash + 1) : image;
  return { domain, remainder: domain === 'docker.io' && !rest.includes('/') ? `library/${rest}` : rest };
}

function digestProblem(digest: string): string | undefined {
  if (digest === '') return undefined;
  const [algorithm = '', hex = ''] = digest.split(':');
  const length = DIGEST_HEX[algorithm];
  if (length === undefined) return 'unsupported digest algorithm';
  if (hex.length !== length) return 'invalid checksum digest length';
  return /^[a-f0-9]+$/.test(hex) ? undefined : 'invalid checksum digest format';
}
