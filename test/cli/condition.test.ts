import { describe, expect, test } from 'vitest';
import type { CoreEvent, Pod } from '../../src/api/types.ts';
import { holds, parseCondition, standing } from '../../src/cli/condition.ts';

const pod = (name: string, phase: string, ready = false) =>
  ({
    metadata: { name, uid: name },
    status: { phase, conditions: [{ type: 'Ready', status: ready ? 'True' : 'False' }] },
  }) as unknown as Pod;

const applied = [
  { uid: 'a', name: 'a' },
  { uid: 'b', name: 'b' },
];

const check = (text: string, pods: readonly Pod[], events: readonly CoreEvent[] = []) => {
  const condition = parseCondition(text);
  if (condition === undefined) throw new Error(text);
  return holds(condition, { applied, pods, events });
};

describe('--until', () => {
  test('means every pod, or the one it names', () => {
    const pods = [pod('a', 'Running', true), pod('b', 'Pending')];
    expect(check('Ready', pods)).toBe(false);
    expect(check('pod/a=Ready', pods)).toBe(true);
    expect(check('pod/b=Ready', pods)).toBe(false);
    expect(check('Running', [pod('a', 'Running'), pod('b', 'Running')])).toBe(true);
  });

  test('deleted means gone, and only that', () => {
    expect(check('deleted', [pod('a', 'Succeeded')])).toBe(false);
    expect(check('deleted', [])).toBe(true);
    expect(check('Succeeded', [])).toBe(false);
  });

  test('an event is looked for by its reason', () => {
    expect(check('event=Killing', [], [{ reason: 'Pulled' } as CoreEvent])).toBe(false);
    expect(check('event=Killing', [], [{ reason: 'Killing' } as CoreEvent])).toBe(true);
  });

  test.each(['ready', 'pod/a', 'pod/=Ready', 'pod/a=ready', 'event=', 'event=a b', ''])(
    '%j is no condition',
    (text) => expect(parseCondition(text)).toBeUndefined(),
  );
});

test('pods stand where the one that is behind stands', () => {
  const stand = (...pods: Pod[]) => standing({ applied, pods, events: [] });
  expect(stand()).toBe('gone');
  expect(stand(pod('a', 'Succeeded'), pod('b', 'Failed'))).toBe('finished');
  expect(stand(pod('a', 'Succeeded'), pod('b', 'Running', true))).toBe('ready');
  expect(stand(pod('a', 'Running', true), pod('b', 'Running'))).toBe('going');
});
