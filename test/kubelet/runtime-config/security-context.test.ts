import { expect, test } from 'vitest';
import {
  runAsNonRootError,
  securityContextOf,
  targetContainerId,
} from '../../../src/kubelet/runtime-config/security-context.ts';
import { pod, record } from '../fixtures.ts';

const app = { name: 'app', image: 'x' };
const careful = pod({ securityContext: { runAsNonRoot: true } });
const refusal = (imageUser: string, runAsUser?: number) =>
  runAsNonRootError(
    careful,
    runAsUser === undefined ? app : { ...app, securityContext: { runAsUser } },
    imageUser,
  );

test('runAsNonRoot: the pod’s number counts, else the image’s, and a name says nothing of itself', () => {
  const where = '(pod: "web_default(uid-1)", container: app)';
  expect(refusal('', 1000)).toBeUndefined();
  expect(refusal('1000', 0)).toBe(`container's runAsUser breaks non-root policy ${where}`);
  expect(refusal('1000')).toBeUndefined();
  expect(refusal('1000:0')).toBeUndefined();
  expect(refusal('')).toBe(`container has runAsNonRoot and image will run as root ${where}`);
  expect(refusal('0')).toBe(`container has runAsNonRoot and image will run as root ${where}`);
  expect(refusal('nginx')).toBe(
    `container has runAsNonRoot and image has non-numeric user (nginx), cannot verify user is non-root ${where}`,
  );
});

test('fsGroup is one of the groups, and the container’s own user wins', () => {
  const shared = pod({ securityContext: { runAsUser: 1, fsGroup: 2, supplementalGroups: [3] } });
  const own = { ...app, securityContext: { runAsUser: 4 } };
  expect(securityContextOf(shared, own, undefined)).toMatchObject({
    runAsUser: 4,
    supplementalGroups: [2, 3],
    pidNamespace: { mode: 'CONTAINER' },
  });
});

test('a target’s processes are seen, unless the whole pod shares them', () => {
  expect(securityContextOf(pod(), app, 'id-1').pidNamespace).toEqual({ mode: 'TARGET', targetId: 'id-1' });
  const sharing = pod({ shareProcessNamespace: true });
  expect(securityContextOf(sharing, app, 'id-1').pidNamespace).toEqual({ mode: 'POD' });
});

test('a target that never ran is an error', () => {
  const runtimePod = { podUid: 'uid-1', sandboxes: [], containers: [record('app', { id: 'id-1' })] };
  expect(targetContainerId({ ...app, targetContainerName: 'app' }, runtimePod)).toEqual({ id: 'id-1' });
  expect(targetContainerId({ ...app, targetContainerName: 'other' }, runtimePod)).toEqual({
    error: 'unable to find target container other',
  });
});
