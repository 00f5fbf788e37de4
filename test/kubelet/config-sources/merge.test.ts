import { expect, test } from 'vitest';
import type { Pod } from '../../../src/api/types.ts';
import { mergeAll, type SourcePods } from '../../../src/kubelet/config-sources/merge.ts';
import { pod } from '../fixtures.ts';

const NOW_MS = Date.UTC(2026, 0, 1);
const named = (uid: string, metadata: Partial<Pod['metadata']> = {}) =>
  pod({}, { uid, name: uid, ...metadata });
const merge = (before: SourcePods, ...pods: Pod[]) => mergeAll(before, 'api', pods, NOW_MS);
const told = ({ operations }: ReturnType<typeof merge>) =>
  operations.map(({ op, pod: { metadata } }) => `${op} ${metadata.uid}`);

test('what is new, changed, deleted and gone comes in this order: removals first', () => {
  const { pods } = merge({}, named('a'), named('b'), named('c'), named('d'));
  const changed = merge(
    pods,
    named('e'),
    named('c', { deletionTimestamp: '2026-01-01T00:00:30Z', deletionGracePeriodSeconds: 30 }),
    named('b', { labels: { version: 'two' } }),
    { ...named('d'), status: { phase: 'Running' } },
  );
  expect(told(changed)).toEqual(['REMOVE a', 'ADD e', 'UPDATE b', 'DELETE c', 'RECONCILE d']);
});

test('what is the same again says nothing, and keeps since when it is known', () => {
  const first = mergeAll({}, 'file', [named('a')], NOW_MS);
  const again = mergeAll(first.pods, 'file', [named('a')], NOW_MS + 60_000);
  expect(again.operations).toEqual([]);
  expect(again.pods).toEqual(first.pods);
  expect(first.pods.a?.metadata.annotations).toEqual({
    'kubernetes.io/config.seen': '2026-01-01T00:00:00Z',
    'kubernetes.io/config.source': 'file',
  });
});

test('of several pods of one name the first counts', () => {
  const { pods, duplicates } = merge({}, named('a', { name: 'web' }), named('b', { name: 'web' }));
  expect(Object.keys(pods)).toEqual(['a']);
  expect(duplicates.map(({ metadata }) => metadata.uid)).toEqual(['b']);
});

test('additions are handled oldest first', () => {
  const at = (uid: string, hour: number) => named(uid, { creationTimestamp: `2026-01-01T0${hour}:00:00Z` });
  expect(told(merge({}, at('late', 3), at('early', 1), at('between', 2)))).toEqual([
    'ADD early',
    'ADD between',
    'ADD late',
  ]);
});
