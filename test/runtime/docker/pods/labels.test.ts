import { expect, test } from 'vitest';
import {
  containerName,
  labelsOf,
  ownerFilter,
  parseName,
  readLabels,
  sandboxName,
} from '../../../../src/runtime/docker/pods/labels.ts';

const pod = { name: 'web', namespace: 'default', uid: 'u-1', attempt: 3 };

test('names are cri-dockerd’s, and are read again', () => {
  expect(sandboxName(pod)).toBe('k8s_POD_web_default_u-1_3');
  expect(containerName({ name: 'c', attempt: 2 }, pod)).toBe('k8s_c_web_default_u-1_2');
  expect(parseName('/k8s_c_web_default_u-1_2')).toEqual({
    container: { name: 'c', attempt: 2 },
    pod: { ...pod, attempt: 2 },
  });
});

test.each(['/web', '/k8s_c_web_default_u-1', '/k8s_c_web_default_u-1_x', '/k8s_c_web_default_u-1_0_9'])(
  'a name that podstep does not give is refused: %s',
  (name) => expect(() => parseName(name)).toThrow(`"${name}" is no name of a pod's container`),
);

test('labels and annotations lie in the Engine’s labels and are told apart again, podstep’s own left out', () => {
  const config = { labels: { app: 'web' }, annotations: { note: 'x' } };
  const all = labelsOf('here', 'podsandbox', config, {});
  expect(readLabels(all)).toEqual(config);
  expect(all).toMatchObject({ app: 'web', 'annotation.note': 'x' });
});

test('a pod cannot name another owner for itself', () => {
  const [owner] = ownerFilter('here').label;
  const [key = ''] = (owner ?? '').split('=');
  const all = labelsOf('here', 'container', { labels: { [key]: 'there' }, annotations: {} }, {});
  expect(all[key]).toBe('here');
});
