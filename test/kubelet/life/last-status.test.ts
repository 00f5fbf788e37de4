import { expect, test } from 'vitest';
import type { Container, PodStatus } from '../../../src/api/types.ts';
import { podOf, World } from '../world.ts';

const app: Container = { name: 'app', image: 'nope:1', imagePullPolicy: 'IfNotPresent' };
const init: Container = { ...app, name: 'init' };

/** The last status that the API server got of a pod whose image cannot be pulled, deleted after 5 s. */
function lastStatus(spec: Parameters<typeof podOf>[0]): { world: World; status: PodStatus | undefined } {
  const world = new World();
  world.intercept = ({ type }) =>
    type === 'pullImage' ? { code: 'NotFound', message: 'nope:1 was not found' } : undefined;
  world.apply(podOf(spec));
  world.run(5_000);
  world.delete('uid-1');
  world.run(60_000);
  const patch = world.effects.findLast(({ type }) => type === 'patchPodStatus');
  return { world, status: patch?.type === 'patchPodStatus' ? patch.status : undefined };
}

const terminated = {
  exitCode: 137,
  reason: 'ContainerStatusUnknown',
  message: 'The container could not be located when the pod was terminated',
};

test('a pod that is deleted before its container ran ends Failed: nobody knows what became of it', () => {
  const { world, status } = lastStatus({ containers: [app] });
  expect(status?.phase).toBe('Failed');
  expect(status?.containerStatuses?.[0]?.state).toEqual({ terminated });
  expect(world.pods.size).toBe(0);
  expect(world.pathOf('pod/uid-1').at(-1)).toBe('Failed.Terminated');
});

test('before it was initialised only its init container counts as failed', () => {
  const { status } = lastStatus({ initContainers: [init, { ...init, name: 'later' }], containers: [app] });
  expect(status?.phase).toBe('Failed');
  expect(status?.initContainerStatuses?.map(({ state }) => Object.keys(state ?? {}))).toEqual([
    ['terminated'],
    ['waiting'],
  ]);
  expect(status?.containerStatuses?.[0]?.state).toEqual({ waiting: { reason: 'PodInitializing' } });
});

test('a failed postStart hook is told in the words of the kubelet', () => {
  const world = new World();
  world.intercept = ({ type }) =>
    type === 'execSync'
      ? { type: 'exec', response: { stdout: 'out', stderr: 'err\n', exitCode: 7 } }
      : undefined;
  const lifecycle = { postStart: { exec: { command: ['sh', '-c', 'exit 7'] } } };
  world.apply(podOf({ containers: [{ ...app, image: 'busybox:1', lifecycle }] }));
  world.run(2_000);
  const seen = world.effects.flatMap((effect) =>
    effect.type === 'patchPodStatus' ? [effect.status.containerStatuses?.[0]?.state?.waiting] : [],
  );
  expect(seen).toContainEqual({
    reason: 'PostStartHookError',
    message: `Exec lifecycle hook ([sh -c exit 7]) for Container "app" in Pod "web_default(uid-1)" failed - error: command 'sh -c exit 7' exited with 7: err\n, message: "outerr\\n"`,
  });
});
