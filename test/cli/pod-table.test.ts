import { expect, test } from 'vitest';
import type { Pod } from '../../src/api/types.ts';
import { podTable } from '../../src/cli/pod-table.ts';

const pod = (statuses: object[]): Pod =>
  ({
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: { name: 'web', namespace: 'default', uid: 'u', creationTimestamp: '2026-01-01T00:00:00Z' },
    spec: { containers: [{ name: 'a' }, { name: 'b' }] },
    status: { phase: 'Running', podIP: '10.0.0.1', containerStatuses: statuses },
  }) as unknown as Pod;
const status = (name: string, restartCount: number, finishedAt?: string) => ({
  name,
  restartCount,
  ready: true,
  state: { running: {} },
  lastState: finishedAt === undefined ? {} : { terminated: { exitCode: 1, finishedAt } },
});
const restarts = (statuses: object[]) =>
  /Running {3}(.*?) {3}/.exec(
    podTable([pod(statuses)], Date.UTC(2026, 0, 1, 0, 3)).split('\n')[1] ?? '',
  )?.[1];

test('restarts say when the last one was, as kubectl get pods does', () => {
  expect(restarts([status('a', 0), status('b', 0)])).toBe('0');
  const late = status('b', 3, '2026-01-01T00:02:30Z');
  expect(restarts([status('a', 1, '2026-01-01T00:01:00Z'), late])).toBe('4 (30s ago)');
  expect(restarts([status('a', 2)])).toBe('2');
});
