import { expect, test } from 'vitest';
import { containerLogLink } from '../../../src/kubelet/logs/log-link.ts';
import { rotationSteps } from '../../../src/kubelet/logs/rotation.ts';
import type { Effect } from '../../../src/machines/effects.ts';
import { type Answer, podOf, World } from '../world.ts';

const LOG = '/logs/web/0.log';
const NOW_MS = Date.UTC(2026, 0, 31, 8, 0, 5);
const told = (others: readonly string[], maxFiles = 5) =>
  rotationSteps(LOG, others, maxFiles, NOW_MS).map((step) =>
    step.type === 'rename'
      ? `rename ${step.to}`
      : step.type === 'reopen'
        ? 'reopen'
        : `${step.type} ${step.path}`,
  );
const last = [`rename ${LOG}.20260131-080005`, 'reopen'];

test('the log is renamed with the instant, and the container goes on in a new file', () => {
  expect(told([])).toEqual(last);
});

test('older files are compressed, never the one that was just renamed', () => {
  expect(told([`${LOG}.20260131-070000`, `${LOG}.20260131-060000.gz`])).toEqual([
    `compress ${LOG}.20260131-070000`,
    ...last,
  ]);
});

test('with the new and the renamed file there are never more than the limit; the oldest go', () => {
  const all = [1, 2, 3, 4, 5].map((day) => `${LOG}.2026010${day}-000000.gz`);
  expect(told(all)).toEqual([`remove ${all[0]}`, `remove ${all[1]}`, ...last]);
  expect(told(all.slice(0, 1), 2)).toEqual([`remove ${all[0]}`, ...last]);
});

test('what an earlier rotation left unfinished goes', () => {
  const file = `${LOG}.20260131-070000`;
  expect(told([file, `${file}.gz`, `${file}.gz.tmp`, '/logs/web/0.logx'])).toEqual([
    `remove ${file}`,
    `remove ${file}.gz.tmp`,
    ...last,
  ]);
});

test('the link names pod, namespace, container and id, within what a file name may hold', () => {
  const labels = { 'io.kubernetes.pod.name': 'web', 'io.kubernetes.pod.namespace': 'shop' };
  const link = (name: string) => containerLogLink({ id: 'abc', labels, metadata: { name, attempt: 0 } });
  expect(link('app')).toBe('/var/log/containers/web_shop_app-abc.log');
  expect(link('x'.repeat(300)).length).toBe('/var/log/containers/'.length + 255);
});

const path = '/var/log/pods/pod/web/0.log';
/** A running pod whose log has grown to so many bytes. */
function spammer(bytes: number, intercept: (effect: Effect) => Answer | undefined = () => undefined): World {
  const world = new World();
  world.apply(podOf({ containers: [{ name: 'web', image: 'busybox:1' }] }));
  world.run(5_000);
  world.logSizes.set(path, bytes);
  world.intercept = (effect) => {
    if (effect.type === 'renameNodeFile') world.logSizes.set(path, 0);
    return intercept(effect);
  };
  world.run(60_000);
  return world;
}
const rotation = (world: World) =>
  world.effects.filter(({ type }) => /renameNodeFile|reopenContainerLog/.test(type));

test('a log is turned over from its largest size on, and only then', () => {
  expect(rotation(spammer(10 * 1024 ** 2 - 1))).toEqual([]);
  const [rename, reopen, ...more] = rotation(spammer(10 * 1024 ** 2));
  expect(rename).toMatchObject({ from: path, to: `${path}.20260101-000010`, atMs: 10_000 });
  expect(reopen).toMatchObject({ type: 'reopenContainerLog', containerId: 'web-2' });
  expect(more).toEqual([]);
});

test('a container that does not go on in a new file gets its log back', () => {
  let tries = 0;
  const world = spammer(20 * 1024 ** 2, ({ type }) => {
    if (type !== 'reopenContainerLog') return undefined;
    tries++;
    return tries === 1 ? { code: 'Unknown', message: 'container is not running' } : { type: 'done' };
  });
  const renames = world.effects.flatMap((effect) =>
    effect.type === 'renameNodeFile' ? [[effect.from, effect.to]] : [],
  );
  const rotated = `${path}.20260101-000010`;
  expect(renames).toEqual([
    [path, rotated],
    [rotated, path],
  ]);
  const failures = world.trace.filter(({ why }) => why.key === 'logs.failed');
  expect(failures.map(({ why }) => why.values?.message)).toEqual([
    'rpc error: code = Unknown desc = container is not running',
  ]);
});
