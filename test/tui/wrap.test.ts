import { describe, expect, it } from 'vitest';
import { widthOf } from '../../src/tui/model/text.ts';
import { wrap } from '../../src/tui/model/wrap.ts';

const chinese =
  'kubelet 会在退避 10s、20s……直到 300s 之后重新启动失败的容器。请观察右侧“容器”泳道（状态图），预测下一个状态！全角标点：，。';

describe('wrapping', () => {
  it('breaks English at spaces', () => {
    expect(wrap('the API server bound the pod', 12)).toEqual(['the API', 'server bound', 'the pod']);
  });

  it('breaks Chinese between characters, at every width without a line that is too wide', () => {
    for (let columns = 8; columns < 60; columns++) {
      for (const line of wrap(chinese, columns)) expect(widthOf(line)).toBeLessThanOrEqual(columns);
    }
  });

  it('puts no closing mark at the start of a line and no opening one at its end', () => {
    for (let columns = 10; columns < 60; columns++) {
      for (const line of wrap(chinese, columns)) {
        expect(line).not.toMatch(/^[，。！？、；：）”…]/);
        expect(line).not.toMatch(/[（“]$/);
      }
    }
  });

  it('loses nothing but spaces at line ends', () => {
    for (const columns of [9, 17, 33]) {
      expect(wrap(chinese, columns).join('').replaceAll(' ', '')).toBe(chinese.replaceAll(' ', ''));
    }
  });

  it('keeps words with inner marks together', () => {
    expect(wrap('image nginx:1.14.2 is here', 14)).toEqual(['image', 'nginx:1.14.2', 'is here']);
  });

  it('cuts a word that is wider than the line', () => {
    expect(wrap('sha256:0123456789abcdef', 10)).toEqual(['sha256:012', '3456789abc', 'def']);
  });

  it('starts a new line where the text does', () => {
    expect(wrap('one\ntwo', 10)).toEqual(['one', 'two']);
    expect(wrap('', 10)).toEqual(['']);
  });
});
