import { expect, test } from 'vitest';
import { DEFAULT_CONFIGURATION } from '../../../src/api/kubelet-configuration/defaulting.ts';
import { mayUsePresentImage } from '../../../src/kubelet/images/access.ts';
import type { Credential } from '../../../src/kubelet/images/keyring.ts';
import { imageAccess, type PullRecords, pullRecorded } from '../../../src/kubelet/images/pull-records.ts';

const credential = (secret: string, password: string): Credential => ({
  secret,
  auth: { username: 'u', password },
});
const pulled = (image: string, by?: Credential, records: PullRecords = {}) =>
  pullRecorded(records, { image, imageRef: 'sha256:1' }, by, 0);
const may = (
  records: PullRecords,
  image: string,
  pod: readonly Credential[],
  config = DEFAULT_CONFIGURATION,
) => mayUsePresentImage(image, imageAccess(records, { image, imageRef: 'sha256:1' }, pod, config));

test('an image is for those whose Secret, or whose user and password, has pulled it', () => {
  const records = pulled('r.io/app:1', credential('ns/a/1', 'x'));
  expect(may(records, 'r.io/app:1', [])).toBe(false);
  expect(may(records, 'r.io/app:1', [credential('ns/b/2', 'y')])).toBe(false);
  expect(may(records, 'r.io/app:1', [credential('ns/b/2', 'x')])).toBe(true);
  expect(may(records, 'r.io/app:1', [credential('ns/a/1', 'changed')])).toBe(true);
});

test('another tag of the repository is the same, another repository is not', () => {
  const records = pulled('r.io/app:1');
  expect(may(records, 'r.io/app:2', [])).toBe(true);
  expect(may(records, 'other.io/app:1', [])).toBe(false);
});

test('pulled once without credentials, it is for everybody', () => {
  const records = pulled('r.io/app:1', undefined, pulled('r.io/app:1', credential('ns/a/1', 'x')));
  expect(may(records, 'r.io/app:1', [])).toBe(true);
  expect(may(pulled('r.io/app:1', credential('ns/a/1', 'x'), records), 'r.io/app:1', [])).toBe(true);
});

test('what nobody here has pulled is for everybody, unless everything is verified', () => {
  expect(may({}, 'r.io/app:1', [])).toBe(true);
  const config = { ...DEFAULT_CONFIGURATION, imagePullCredentialsVerificationPolicy: 'AlwaysVerify' };
  expect(may({}, 'r.io/app:1', [], config)).toBe(false);
});

test('no password stands in a record', () => {
  expect(JSON.stringify(pulled('r.io/app:1', credential('ns/a/1', 'open sesame')))).not.toContain('sesame');
});
