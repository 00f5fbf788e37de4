import { expect, test } from 'vitest';
import type { Image } from '../../../src/api/cri.ts';
import {
  afterImageStatus,
  afterPull,
  beginEnsureImage,
  type EnsureImageRequest,
  newImagePullState,
} from '../../../src/kubelet/images/ensure.ts';

const request: EnsureImageRequest = {
  podUid: 'uid-1',
  image: 'nginx:1',
  nameError: undefined,
  policy: 'IfNotPresent',
  access: undefined,
};
const image: Image = {
  id: 'sha256:1',
  repoTags: ['nginx:1'],
  repoDigests: [],
  sizeBytes: 42,
  pinned: false,
  standIn: true,
};

test('a pull says how long it took and how big the image is', () => {
  const pulling = afterImageStatus(request, newImagePullState(0), null, 0);
  expect(pulling.step).toBe('pull');
  expect(pulling.events.map((event) => event.message)).toEqual(['Pulling image "nginx:1"']);
  const done = afterPull(request, pulling.state, { image, pullMs: 1_200, withWaitingMs: 1_500 }, 2_000);
  expect(done.events.map((event) => event.message)).toEqual([
    'Successfully pulled image "nginx:1" in 1.2s (1.5s including waiting). Image size: 42 bytes.',
  ]);
});

test('a present image to which the pod has a right says so', () => {
  const access = { records: { 'nginx:1': { kind: 'everyone' as const } }, podCredentials: [] };
  const step = afterImageStatus({ ...request, access }, newImagePullState(0), image, 0);
  expect(step.step).toBe('present');
  expect(step.events[0]?.message).toBe(
    'Container image "nginx:1" already present on machine and can be accessed by the pod',
  );
});

test('the cause stays in the waiting message while the pull is put off, and tells when it is tried again', () => {
  const pulling = beginEnsureImage({ ...request, policy: 'Always' }, newImagePullState(0), 0);
  const failed = afterPull(request, pulling.state, { error: 'not found' }, 1_000);
  expect(failed).toMatchObject({ step: 'failed', error: { reason: 'ErrImagePull', message: 'not found' } });
  const refused = beginEnsureImage({ ...request, policy: 'Always' }, failed.state, 2_000);
  expect(refused).toMatchObject({
    step: 'failed',
    error: {
      reason: 'ImagePullBackOff',
      message: 'Back-off pulling image "nginx:1": ErrImagePull: not found',
    },
    retryAtMs: 11_000,
  });
  expect(refused.events[0]?.message).toBe('Back-off pulling image "nginx:1"');
});

test('a name that does not parse is refused before anything is asked', () => {
  const step = beginEnsureImage({ ...request, nameError: 'no' }, newImagePullState(0), 0);
  expect(step).toMatchObject({
    step: 'failed',
    error: { reason: 'InvalidImageName', message: 'Failed to apply default image tag "nginx:1": no' },
  });
});

test('the bucket of pulls refills with time', () => {
  const state = newImagePullState(0, { qps: 1, burst: 1 });
  const always = { ...request, policy: 'Always' as const };
  const first = beginEnsureImage(always, state, 0);
  expect(first.step).toBe('pull');
  const other = { ...always, image: 'redis' };
  expect(beginEnsureImage(other, first.state, 500)).toMatchObject({
    error: { reason: 'ErrImagePull', message: 'pull QPS exceeded' },
  });
  expect(beginEnsureImage(other, first.state, 1_000).step).toBe('pull');
});
