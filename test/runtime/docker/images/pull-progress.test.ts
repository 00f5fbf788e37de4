import { expect, it } from 'vitest';
import { type PullMessage, PullMeter } from '../../../../src/runtime/docker/images/pull-progress.ts';

const layer = (id: string, status: string, current?: number, total?: number): PullMessage => ({
  id,
  status,
  progressDetail: {
    ...(current === undefined ? {} : { current }),
    ...(total === undefined ? {} : { total }),
  },
});

it('counts the bytes of all layers, each to its end', () => {
  const meter = new PullMeter();
  const seen = (message: PullMessage) => (meter.hear(message) ? meter.progress : undefined);
  expect(seen({ id: 'latest', status: 'Pulling from library/busybox' })).toBeUndefined();
  expect(seen(layer('a', 'Pulling fs layer'))).toBeUndefined();
  expect(seen(layer('a', 'Downloading', 10, 100))).toEqual({
    phase: 'downloading',
    doneBytes: 10,
    totalBytes: 100,
  });
  expect(seen(layer('b', 'Downloading', 5, 50))).toEqual({
    phase: 'downloading',
    doneBytes: 15,
    totalBytes: 150,
  });
  expect(seen(layer('a', 'Download complete'))).toEqual({
    phase: 'downloading',
    doneBytes: 105,
    totalBytes: 150,
  });
  expect(seen(layer('a', 'Extracting', 3, 100))).toEqual({
    phase: 'verifying',
    doneBytes: 105,
    totalBytes: 150,
  });
  expect(seen(layer('b', 'Downloading', 60))).toEqual({
    phase: 'downloading',
    doneBytes: 160,
    totalBytes: 160,
  });
  expect(seen({ status: 'Digest: sha256:abc' })).toBeUndefined();
  expect(meter.finish()).toEqual({ phase: 'done', doneBytes: 160, totalBytes: 160 });
});

it('follows no more layers than an image has', () => {
  const meter = new PullMeter();
  for (let index = 0; index < 5_000; index++) meter.hear(layer(`layer-${index}`, 'Downloading', 1, 1));
  expect(meter.progress.totalBytes).toBe(1_024);
});
