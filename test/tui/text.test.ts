import { describe, expect, it } from 'vitest';
import { asciiGlyphs, unicodeGlyphs } from '../../src/tui/model/glyphs.ts';
import { fitLine, lineWidth, plain, span, spread } from '../../src/tui/model/line.ts';
import { paintLine } from '../../src/tui/model/paint.ts';
import { clean, cut, pad, take, widthOf } from '../../src/tui/model/text.ts';
import { countdown, longTime, shortTime } from '../../src/tui/model/time.ts';
import { shortPath } from '../../src/tui/model/why-pane.ts';

describe('text in terminal cells', () => {
  it('counts wide characters as two and combining ones as none', () => {
    expect(widthOf('abc')).toBe(3);
    expect(widthOf('容器')).toBe(4);
    expect(widthOf('e\u0301')).toBe(1);
  });

  it('never cuts a wide character in half', () => {
    expect(take('容器', 3)).toBe('容');
    expect(cut('正在创建沙箱', 6, '…')).toBe('正在…');
    expect(widthOf(pad('正在创建沙箱', 6, '…'))).toBe(6);
  });

  it('marks what was cut, and leaves what fits', () => {
    expect(cut('liveness-exec', 8, '…')).toBe('livenes…');
    expect(cut('liveness', 8, '…')).toBe('liveness');
    expect(cut('liveness', 0, '…')).toBe('');
  });

  it('takes out of foreign text what would steer the terminal', () => {
    expect(clean('\x1b[31mred\x1b[0m\x1b]0;title\x07 \x1b[2Jend\r')).toBe('red end');
    expect(clean('a\tb\x07c\x9b2Jd')).toBe('a    bcd');
    expect(clean('safe \u202eesrever')).toBe('safe esrever');
  });
});

describe('a path', () => {
  it('is shortened from its start, at slashes', () => {
    const path = 'pkg/kubelet/kuberuntime/kuberuntime_manager.go';
    expect(shortPath(path, 60, '…')).toBe(path);
    expect(shortPath(path, 40, '…')).toBe('…/kuberuntime/kuberuntime_manager.go');
    expect(shortPath(path, 30, '…')).toBe('…/kuberuntime_manager.go');
    expect(shortPath(path, 22, '…')).toBe('kuberuntime_manager.go');
  });
});

describe('lines of spans', () => {
  it('are cut and filled to exactly the width that is asked for', () => {
    const line = [span('名称 ', 'strong'), span('liveness-exec')];
    for (let columns = 0; columns < 30; columns++) {
      expect(lineWidth(fitLine(line, columns, '…'))).toBe(columns);
    }
  });

  it('give the left end precedence over the right one', () => {
    expect(plain(spread([span('left')], [span('right')], 12, '…'))).toBe('left   right');
    expect(plain(spread([span('left')], [span('right')], 8, '…'))).toBe('left    ');
  });

  it('keep their shapes without colours, and their text without any style', () => {
    const line = [span('lit', 'lit'), span(' bad', 'bad')];
    expect(paintLine(line, 'colour')).toContain('36');
    expect(paintLine(line, 'colourless')).toContain('\x1b[1;7m');
    expect(paintLine(line, 'colourless')).not.toMatch(/;3[0-7]|\[3[0-7]/);
    expect(paintLine(line, 'none')).toBe('lit bad');
  });
});

describe('the glyph table', () => {
  it('has one column for each glyph, and only ASCII in the plain set', () => {
    for (const glyph of Object.values(unicodeGlyphs)) expect(widthOf(glyph), glyph).toBe(1);
    for (const glyph of Object.values(asciiGlyphs)) expect(glyph).toMatch(/^[\x21-\x7e]$/);
  });

  it('tells the marks of a state apart by shape in both sets', () => {
    for (const { lit, unlit, passed, failed, done, waiting } of [unicodeGlyphs, asciiGlyphs]) {
      expect(new Set([lit, unlit, passed, failed, done, waiting]).size).toBe(6);
    }
  });
});

describe('engine time', () => {
  it('is short enough for a narrow column', () => {
    const times = [0, 3, 9_999, 12_345, 99_940, 100_000, 3_599_999, 7_500_000].map(shortTime);
    expect(times).toEqual(['0.000s', '0.003s', '9.999s', '12.3s', '99.9s', '1m40s', '59m59s', '2h05m']);
    for (const time of times) expect(widthOf(time)).toBeLessThanOrEqual(6);
  });

  it('is exact where there is room, and counts down in tenths', () => {
    expect(longTime(72_003)).toBe('01:12.003');
    expect(longTime(3_600_001)).toBe('01:00:00.001');
    expect(countdown(7_260)).toBe('7.3s');
    expect(countdown(-5)).toBe('0.0s');
  });
});
