import { renderToString } from 'ink';
import { describe, expect, it } from 'vitest';
import type { Drive } from '../../src/tui/drive.ts';
import { draw, type Frame } from '../../src/tui/model/draw.ts';
import { lineWidth } from '../../src/tui/model/line.ts';
import { foldStep, type Scene } from '../../src/tui/model/scene.ts';
import { initialState, type ScreenState } from '../../src/tui/model/screen-state.ts';
import { FrameView } from '../../src/tui/screen.tsx';
import { livenessPod, NODE_STEPS, sceneAfter, UID } from './story.ts';

function still(frame: Frame): Drive {
  return {
    frame: () => frame,
    subscribe: () => () => {},
    keys: () => {},
    resize: () => {},
    quit: () => {},
    finished: Promise.resolve(0),
    close: () => {},
  };
}

function shown(scene: Scene, state: ScreenState): string {
  const frame = draw(scene, state);
  return renderToString(<FrameView drive={still(frame)} paint="none" />, { columns: state.columns });
}

const log = [
  { atMs: 3, stream: 'stdout' as const, text: '探针文件已创建', partial: false },
  {
    atMs: 4,
    stream: 'stderr' as const,
    text: "cat: can't open '/tmp/healthy': No such file or directory",
    partial: false,
  },
];
const scenes: Readonly<Record<string, Scene>> = {
  empty: sceneAfter(0, []),
  node: NODE_STEPS.reduce(foldStep, sceneAfter(4, [livenessPod('creating')])),
  sandbox: sceneAfter(4, [livenessPod('creating')]),
  killing: { ...sceneAfter(18, [livenessPod('running')]), log },
  backOff: {
    ...sceneAfter(21, [livenessPod('backOff')]),
    log,
    timers: [{ machineKey: `container/${UID}/liveness`, dueMs: 79_300 }],
  },
};
const variants = [
  { columns: 80, rows: 24, language: 'en', ascii: false },
  { columns: 80, rows: 24, language: 'zh', ascii: false },
  { columns: 120, rows: 40, language: 'en', ascii: false },
  { columns: 120, rows: 40, language: 'zh', ascii: false },
  { columns: 80, rows: 24, language: 'en', ascii: true },
] as const;

describe('the screen', () => {
  for (const [name, scene] of Object.entries(scenes)) {
    for (const variant of variants) {
      const file = `${name}-${variant.columns}x${variant.rows}-${variant.language}${variant.ascii ? '-ascii' : ''}`;
      it(`looks as drawn: ${file}`, async () => {
        await expect(shown(scene, initialState(variant))).toMatchFileSnapshot(`goldens/${file}.txt`);
      });
    }
  }

  it('fills the terminal exactly, whatever its size and language', () => {
    for (const [columns, rows] of [
      [80, 24],
      [97, 31],
      [120, 40],
      [200, 60],
    ] as const) {
      for (const language of ['en', 'zh'] as const) {
        for (const scene of Object.values(scenes)) {
          const frame = draw(scene, initialState({ columns, rows, language, ascii: false }));
          const heights = frame.body.map((column) =>
            column.reduce((sum, pane) => sum + pane.lines.length, 0),
          );
          for (const height of heights) expect(height + frame.top.length + frame.bottom.length).toBe(rows);
          expect(frame.body.reduce((sum, column) => sum + (column[0]?.columns ?? 0), 0)).toBe(columns);
          for (const line of [...frame.top, ...frame.bottom]) expect(lineWidth(line)).toBe(columns);
          for (const pane of frame.body.flat()) {
            for (const line of pane.lines) expect(lineWidth(line), pane.name).toBe(pane.columns);
          }
        }
      }
    }
  });

  it('tells the same without colours: nothing is lost but the paint', () => {
    const state = initialState({ columns: 80, rows: 24, language: 'en', ascii: true });
    expect(shown(scenes.killing ?? sceneAfter(0, []), state)).toMatch(/^[\n -~\u4e00-\u9fff]*$/);
  });

  it('asks for a larger window when it is too small', () => {
    const state = initialState({ columns: 60, rows: 20, language: 'en', ascii: false });
    const text = shown(sceneAfter(0, []), state);
    expect(text).toContain('podstep needs 80 columns and 24 rows; here are 60 and 20.');
  });

  it('gives a zoomed pane the whole body', () => {
    const state = { ...initialState({ columns: 80, rows: 24, language: 'en', ascii: false }), zoomed: true };
    const frame = draw(sceneAfter(13, [livenessPod('running')]), state);
    expect(frame.body.flat().map(({ name, columns }) => [name, columns])).toEqual([['steps', 80]]);
  });

  it('names the volume that moved: a pod has several', () => {
    const [step] = NODE_STEPS;
    const [entry] = step?.entries ?? [];
    if (!step || !entry) throw new Error('the story has a node');
    const { condition: _none, ...object } = entry.object;
    const entries = [
      { ...entry, object, machine: 'volume', key: `volume/${UID}/site`, stage: 'mount' as const },
    ];
    const state = initialState({ columns: 120, rows: 40, language: 'en', ascii: true });
    expect(shown(foldStep(sceneAfter(0, []), { ...step, entries }), state)).toMatch(
      /mount +site +Unknown > False/,
    );
  });

  it('shows how far a pull has come, and the countdown to a timer', () => {
    const progress = { image: 'busybox:1.28', phase: 'transpiling', doneBytes: 43, totalBytes: 100 } as const;
    const state = initialState({ columns: 120, rows: 40, language: 'en', ascii: true });
    const pulling = shown({ ...sceneAfter(8, [livenessPod('creating')]), progress }, state);
    expect(pulling).toContain('#########........... 43%  busybox:1.28: translating for this machine');
    const downloading = {
      ...progress,
      phase: 'downloading',
      doneBytes: 1_500_000,
      totalBytes: 6_000_000,
    } as const;
    expect(shown({ ...sceneAfter(8, []), progress: downloading }, state)).toContain(
      '#####............... 25%  busybox:1.28: downloading, 1.50MB of 6MB',
    );
    const unmeasured = { ...progress, doneBytes: 0 };
    const bars = [0, 5, 31].map((beat) => {
      const text = shown({ ...sceneAfter(8, []), progress: unmeasured, beat }, state);
      return /[#.]{20} {2}busybox/.exec(text)?.[0].slice(0, 20);
    });
    expect(bars).toEqual(['####................', '.....####...........', '.####...............']);
    expect(shown(scenes.backOff ?? sceneAfter(0, []), state)).toContain('after backOff, in 7.3s');
  });
});

describe('the mark of the focused pane', () => {
  const marks = (kind: 'none' | 'delete' | 'help') => {
    const state = initialState({ columns: 120, rows: 40, language: 'en', ascii: false });
    const dialog = kind === 'delete' ? { kind, namespace: 'default', name: 'liveness-exec' } : { kind };
    return shown(scenes.killing ?? sceneAfter(0, []), { ...state, dialog }).split('▌').length - 1;
  };

  it('is on one pane, also while the question in the footer waits for its answer', () => {
    expect(marks('none')).toBe(1);
    expect(marks('delete')).toBe(1);
  });

  it('is on the dialog that covers the panes', () => {
    expect(marks('help')).toBe(1);
  });
});
