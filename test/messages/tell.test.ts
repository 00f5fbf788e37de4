import { expect, test } from 'vitest';
import { tell } from '../../src/messages/index.ts';

test('the kind of a probe is a word of the sentence, in its language', () => {
  const values = { container: 'web', probe: 'readiness' };
  const told = { key: 'probe.stopped', values } as const;
  expect(tell(told, 'en')).toBe('the readiness probe of web is over');
  expect(tell(told, 'zh')).toBe('web 的就绪探针已结束');
});
