import { expect, test } from 'vitest';
import { fill } from '../../src/messages/catalogue.ts';
import { tui } from '../../src/messages/tui.ts';
import { MIN_COLUMNS } from '../../src/tui/model/layout.ts';
import { widthOf } from '../../src/tui/model/text.ts';

/** The cursor mark and the spaces around it. */
const MARGIN = 3;
const VALUES = { span: '10m00s', kind: 'Pod', name: 'readiness-exec', seq: 1234 };

test('hints and notices are whole on the smallest screen, in both languages', () => {
  const lines = Object.entries(tui)
    .filter(([key]) => /^(?:hint|notice)\./.test(key))
    .flatMap(([, texts]) => [texts.en, texts.zh].map((text) => fill(text, VALUES)));
  expect(lines.filter((line) => widthOf(line) > MIN_COLUMNS - MARGIN)).toEqual([]);
});
