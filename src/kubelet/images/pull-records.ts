/**
 * How images came to the node, and who may use them without asking the registry again. Follows
 * pkg/kubelet/images/pullmanager (gate KubeletEnsureSecretPulledImages, on since v1.35).
 */
import { parseImageName } from '../../api/image-name.ts';
import type { KubeletConfiguration } from '../../api/kubelet-configuration/fields.ts';
import type { ImageAccess, PullRecord } from './access.ts';
import type { Credential } from './keyring.ts';

/** By image as pods name it: what this kubelet has pulled. */
export type PullRecords = Readonly<Record<string, PullRecord>>;

/** The oldest go beyond this. */
const RECORDS_LIMIT = 1000;

/** An image was pulled, with a credential or without any. */
export function pullRecorded(
  records: PullRecords,
  image: string,
  credential: Credential | undefined,
): PullRecords {
  const known = records[image];
  const { [image]: _before, ...rest } = records;
  const record: PullRecord =
    credential === undefined || known?.kind === 'everyone'
      ? { kind: 'everyone' }
      : {
          kind: 'credentials',
          credentials: [...new Set([...(known?.credentials ?? []), ...identitiesOf([credential])])],
        };
  return { ...Object.fromEntries(Object.entries(rest).slice(1 - RECORDS_LIMIT)), [image]: record };
}

/** The secret alone is enough, and so is the same user and password from another one. */
function identitiesOf(credentials: readonly Credential[]): readonly string[] {
  return credentials.flatMap(({ secret, auth }) => [
    `secret ${secret}`,
    `user ${auth.username} ${auth.password}`,
  ]);
}

/** What is to be looked at before a present image is used. */
export function imageAccess(
  records: PullRecords,
  image: string,
  credentials: readonly Credential[],
  config: KubeletConfiguration,
): ImageAccess {
  const record = recordOf(records, image, config);
  const known = record === undefined ? {} : { [image]: record };
  return { records: known, podCredentials: identitiesOf(credentials) };
}

/** What counts as the image's record: the policy says what is made of images that nobody here has pulled. */
function recordOf(records: PullRecords, image: string, config: KubeletConfiguration): PullRecord | undefined {
  const everyone: PullRecord = { kind: 'everyone' };
  switch (config.imagePullCredentialsVerificationPolicy) {
    case 'NeverVerify':
      return everyone;
    case 'AlwaysVerify':
      return records[image];
    case 'NeverVerifyAllowlistedImages':
      return records[image] ?? (isAllowlisted(image, config) ? everyone : undefined);
    default:
      return records[image] ?? everyone;
  }
}

/** `registry.example.com/app`, or with everything below it: `registry.example.com/team/*`. */
function isAllowlisted(image: string, config: KubeletConfiguration): boolean {
  const parsed = parseImageName(image);
  const repository = parsed.ok ? parsed.name.repository : image;
  const allowed: readonly unknown[] = config.preloadedImagesVerificationAllowlist;
  return allowed.some((entry) => {
    const pattern = String(entry);
    return pattern.endsWith('/*') ? repository.startsWith(pattern.slice(0, -1)) : repository === pattern;
  });
}
