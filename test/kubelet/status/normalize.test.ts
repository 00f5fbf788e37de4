import { expect, test } from 'vitest';
import type { ContainerStatusApi, PodStatus } from '../../../src/api/types.ts';
import { normalizeStatus } from '../../../src/kubelet/status/normalize.ts';
import { pod } from '../fixtures.ts';

const ended = (name: string, message: string): ContainerStatusApi => ({
  name,
  image: '',
  imageID: '',
  ready: false,
  restartCount: 0,
  state: { terminated: { exitCode: 1, message } },
  lastState: { terminated: { exitCode: 1, message } },
});

const messages = ({ containerStatuses = [] }: PodStatus) =>
  containerStatuses.flatMap(({ state, lastState }) => [
    state?.terminated?.message?.length,
    lastState?.terminated?.message?.length,
  ]);

test('the messages of a pod share 12 KiB evenly: with three containers each keeps a whole file of 4 KiB', () => {
  const of = (count: number) => {
    const names = Array.from({ length: count }, (_, index) => `app-${index}`);
    const spec = { containers: names.map((name) => ({ name, image: 'busybox' })) };
    const containerStatuses = names.map((name) => ended(name, 'x'.repeat(4_096)));
    return messages(normalizeStatus(pod(spec), { containerStatuses }));
  };
  expect(of(3)).toEqual([4_096, 4_096, 4_096, 4_096, 4_096, 4_096]);
  expect(of(4)).toEqual(Array(8).fill(3_072));
});

test('a status without long messages stays as it is', () => {
  const status: PodStatus = { phase: 'Failed', containerStatuses: [ended('app', 'short')] };
  expect(normalizeStatus(pod(), status)).toEqual(status);
});
