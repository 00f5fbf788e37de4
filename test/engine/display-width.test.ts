import stringWidth from 'string-width';
import { describe, expect, it } from 'vitest';
import { displayWidth } from '../../src/engine/display-width.ts';

describe('the width of a text', () => {
  it.each([
    ['', 0],
    ['ready 1/1', 9],
    ['a -> b', 6],
    ['│ 就绪 │', 8],
    ['e\u0301', 1],
    ['👩‍👩‍👧', 2],
    ['\u001b[31mred\u001b[0m', 3],
  ])('of %j is %d cells', (text, cells) => {
    expect(displayWidth(text)).toBe(cells);
  });

  it('of every single character up to the box drawings is what the full measure says', () => {
    const different: string[] = [];
    for (let code = 0; code < 0x2600; code++) {
      const character = String.fromCodePoint(code);
      if (displayWidth(character) !== stringWidth(character)) different.push(code.toString(16));
    }
    expect(different).toEqual([]);
  });
});
