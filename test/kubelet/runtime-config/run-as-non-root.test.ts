import { expect, test } from 'vitest';
import type { PodSpec } from '../../../src/api/types.ts';
import { podOf, World } from '../world.ts';

type SecurityContext = NonNullable<PodSpec['securityContext']>;

function waiting(pod: SecurityContext, container: SecurityContext): unknown {
  const world = new World();
  const app = { name: 'app', image: 'busybox:1', securityContext: container };
  world.apply(podOf({ securityContext: pod, containers: [app] }));
  world.run(500);
  return world.statuses.get('uid-1')?.containerStatuses?.[0]?.state?.waiting;
}

test('a container that must not be root, and would be, is not created', () => {
  const root = {
    reason: 'CreateContainerConfigError',
    message:
      'container has runAsNonRoot and image will run as root (pod: "web_default(uid-1)", container: app)',
  };
  expect(waiting({}, { runAsNonRoot: true })).toEqual(root);
  expect(waiting({ runAsNonRoot: true }, {})).toEqual(root);
  expect(waiting({ runAsNonRoot: true, runAsUser: 0 }, {})).toEqual({
    reason: 'CreateContainerConfigError',
    message: 'container\'s runAsUser breaks non-root policy (pod: "web_default(uid-1)", container: app)',
  });
});

test('another user, or a container that may be root after all, is fine', () => {
  expect(waiting({ runAsNonRoot: true, runAsUser: 1000 }, {})).not.toHaveProperty('message');
  expect(waiting({ runAsNonRoot: true }, { runAsNonRoot: false })).not.toHaveProperty('message');
});
