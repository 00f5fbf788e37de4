import { expect, test } from 'vitest';
import { applyDefaultImageTag, defaultPullPolicy, parseImageName } from '../../src/api/image-name.ts';

const DIGEST = `sha256:${'ab'.repeat(32)}`;

test.each([
  ['busybox', 'docker.io/library/busybox', 'latest', ''],
  ['busybox:1.28', 'docker.io/library/busybox', '1.28', ''],
  ['user/app', 'docker.io/user/app', 'latest', ''],
  ['localhost/app', 'localhost/app', 'latest', ''],
  ['localhost:5000/app:v2', 'localhost:5000/app', 'v2', ''],
  ['index.docker.io/app', 'docker.io/library/app', 'latest', ''],
  ['[::1]:5000/app', '[::1]:5000/app', 'latest', ''],
  [`registry.k8s.io/a/b@${DIGEST}`, 'registry.k8s.io/a/b', '', DIGEST],
  [`a:latest@${DIGEST}`, 'docker.io/library/a', 'latest', DIGEST],
])('%s', (image, repository, tag, digest) => {
  expect(parseImageName(image)).toEqual({ ok: true, name: { repository, tag, digest } });
});

test.each([
  ['<your-private-image>', `couldn't parse image name "<your-private-image>": invalid reference format`],
  ['', `couldn't parse image name "": invalid reference format`],
  [
    'Busybox',
    `couldn't parse image name "Busybox": invalid reference format: repository name (library/Busybox) must be lowercase`,
  ],
  ['a:', `couldn't parse image name "a:": invalid reference format`],
  ['a@sha256:abcd', `couldn't parse image name "a@sha256:abcd": invalid reference format`],
  [
    `a@md5:${'a'.repeat(32)}`,
    `couldn't parse image name "a@md5:${'a'.repeat(32)}": unsupported digest algorithm`,
  ],
  [
    `a@sha256:${'a'.repeat(63)}`,
    `couldn't parse image name "a@sha256:${'a'.repeat(63)}": invalid checksum digest length`,
  ],
  [
    'a'.repeat(256),
    `couldn't parse image name "${'a'.repeat(256)}": repository name must not be more than 255 characters`,
  ],
])('%s is refused', (image, error) => {
  expect(parseImageName(image)).toEqual({ ok: false, error });
  expect(applyDefaultImageTag(image)).toEqual({ ok: false, error });
});

test('only latest and no tag at all are pulled always', () => {
  expect(defaultPullPolicy('a')).toBe('Always');
  expect(defaultPullPolicy(`a:latest@${DIGEST}`)).toBe('Always');
  expect(defaultPullPolicy(`a@${DIGEST}`)).toBe('IfNotPresent');
  expect(defaultPullPolicy('a:1')).toBe('IfNotPresent');
  expect(defaultPullPolicy('NOT A NAME')).toBe('IfNotPresent');
});

test('the default tag is appended to the name as it was written', () => {
  expect(applyDefaultImageTag('user/app')).toEqual({ ok: true, image: 'user/app:latest' });
  expect(applyDefaultImageTag('app:1')).toEqual({ ok: true, image: 'app:1' });
});
