/**
 * How images came to the node, and who may use them without asking the registry again. Follows
 * pkg/kubelet/images/pullmanager (gate KubeletEnsureSecretPulledImages, on since v1.35).
 */
import { parseImageName } from '../../api/image-name.ts';
import type { KubeletConfiguration } from '../../api/kubelet-configuration/fields.ts';
import { sha256Hex } from '../../lib/sha256.ts';
import type { ImageAccess, PullRecord } from './access.ts';
import type { Credential } from './keyring.ts';

/** A credential as it is remembered: the Secret that it came from, and what tells it again. */
export interface UsedSecret {
  readonly uid: string;
  readonly namespace: string;
  readonly name: string;
  readonly credentialHash: string;
}

/** Who may use an image under one name: every pod of the node, or those with one of these credentials. */
export interface UsedCredentials {
  readonly nodePodsAccessible?: boolean;
  readonly kubernetesSecrets?: readonly UsedSecret[];
}

/** What was pulled: an image, and by its repositories with what (ImagePulledRecord). */
export interface PulledRecord {
  readonly imageRef: string;
  readonly updatedMs: number;
  readonly credentialMapping: Readonly<Record<string, UsedCredentials>>;
}

/** By the image's reference. */
export type PullRecords = Readonly<Record<string, PulledRecord>>;

/** The oldest go beyond this. */
const RECORDS_LIMIT = 1000;

/** An image was pulled, with a credential or without any. */
export function pullRecorded(
  records: PullRecords,
  { image, imageRef }: { readonly image: string; readonly imageRef: string },
  credential: Credential | undefined,
  nowMs: number,
): PullRecords {
  const { [imageRef]: known, ...rest } = records;
  const repository = repositoryOf(image);
  const before = known?.credentialMapping[repository];
  const used: UsedCredentials =
    credential === undefined || before?.nodePodsAccessible === true
      ? { nodePodsAccessible: true }
      : { kubernetesSecrets: withSecret(before?.kubernetesSecrets ?? [], secretOf(credential)) };
  const credentialMapping = { ...known?.credentialMapping, [repository]: used };
  const kept = Object.fromEntries(Object.entries(rest).slice(1 - RECORDS_LIMIT));
  return { ...kept, [imageRef]: { imageRef, updatedMs: nowMs, credentialMapping } };
}

function withSecret(known: readonly UsedSecret[], secret: UsedSecret): readonly UsedSecret[] {
  const { uid, name, namespace } = secret;
  const isSame = (one: UsedSecret) => one.uid === uid && one.name === name && one.namespace === namespace;
  return [...known.filter((one) => !isSame(one)), secret];
}

/** Go hashes its own print of the credential; here it is the JSON of user and password. */
function secretOf({ secret, auth }: Credential): UsedSecret {
  const [namespace = '', name = '', uid = ''] = secret.split('/');
  return { uid, namespace, name, credentialHash: sha256Hex(JSON.stringify([auth.username, auth.password])) };
}

function repositoryOf(image: string): string {
  const parsed = parseImageName(image);
  return parsed.ok ? parsed.name.repository : image;
}

/** The secret alone is enough, and so is the same user and password from another one. */
function identitiesOf(secrets: readonly UsedSecret[]): readonly string[] {
  return secrets.flatMap(({ uid, namespace, name, credentialHash }) => [
    `secret ${namespace}/${name}/${uid}`,
    `credential ${credentialHash}`,
  ]);
}

/** What is to be looked at before a present image is used; without a reference nothing is known of it yet. */
export function imageAccess(
  records: PullRecords,
  { image, imageRef }: { readonly image: string; readonly imageRef: string | undefined },
  credentials: readonly Credential[],
  config: KubeletConfiguration,
): ImageAccess {
  const record = recordOf(imageRef === undefined ? undefined : records[imageRef], image, config);
  return {
    records: record === undefined ? {} : { [image]: record },
    podCredentials: identitiesOf(credentials.map(secretOf)),
  };
}

/** What counts as the image's record: the policy says what is made of images that nobody here has pulled. */
function recordOf(
  pulled: PulledRecord | undefined,
  image: string,
  config: KubeletConfiguration,
): PullRecord | undefined {
  const everyone: PullRecord = { kind: 'everyone' };
  const policy = config.imagePullCredentialsVerificationPolicy;
  if (policy === 'NeverVerify') return everyone;
  if (pulled !== undefined) return credentialsIn(pulled.credentialMapping[repositoryOf(image)]);
  if (policy === 'AlwaysVerify') return undefined;
  if (policy !== 'NeverVerifyAllowlistedImages') return everyone;
  return isAllowlisted(image, config) ? everyone : undefined;
}

/** Pulled under another name alone, it has to be verified under this one. */
function credentialsIn(used: UsedCredentials | undefined): PullRecord | undefined {
  if (used === undefined) return undefined;
  if (used.nodePodsAccessible) return { kind: 'everyone' };
  return { kind: 'credentials', credentials: identitiesOf(used.kubernetesSecrets ?? []) };
}

/** `registry.example.com/app`, or with everything below it: `registry.example.com/team/*`. */
function isAllowlisted(image: string, config: KubeletConfiguration): boolean {
  const repository = repositoryOf(image);
  const allowed: readonly unknown[] = config.preloadedImagesVerificationAllowlist;
  return allowed.some((entry) => {
    const pattern = String(entry);
    return pattern.endsWith('/*') ? repository.startsWith(pattern.slice(0, -1)) : repository === pattern;
  });
}
