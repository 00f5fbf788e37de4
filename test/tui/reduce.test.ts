import { describe, expect, it } from 'vitest';
import { tui } from '../../src/messages/tui.ts';
import { applyRefused, choicesFound } from '../../src/tui/model/apply-dialog.ts';
import { BINDINGS } from '../../src/tui/model/keys.ts';
import { type Command, reduceKey } from '../../src/tui/model/reduce.ts';
import { type Choice, initialState, PANES, type ScreenState } from '../../src/tui/model/screen-state.ts';
import { resolve } from '../../src/tui/model/select.ts';
import { type KeyReport, splitKeys } from '../../src/tui/model/split-keys.ts';
import { livenessPod, sceneAfter, UID } from './story.ts';

const scene = sceneAfter(13, [livenessPod('running')]);
const start = initialState({ columns: 80, rows: 24, language: 'en', ascii: false });

function press(state: ScreenState, ...keys: string[]): { state: ScreenState; commands: Command[] } {
  const commands: Command[] = [];
  let now = state;
  for (const key of keys) {
    const reaction = reduceKey(now, scene, key);
    now = reaction.state;
    commands.push(...reaction.commands);
  }
  return { state: now, commands };
}

const NO_KEY = Object.fromEntries(
  'upArrow downArrow leftArrow rightArrow pageUp pageDown home end return escape ctrl shift tab backspace delete meta'
    .split(' ')
    .map((name) => [name, false]),
) as unknown as KeyReport;

describe('keys from the terminal', () => {
  it('that arrive together are told apart', () => {
    expect(splitKeys('ssn', NO_KEY)).toEqual(['s', 's', 'n']);
    expect(splitKeys('a日x', NO_KEY)).toEqual(['a', '日', 'x']);
    expect(splitKeys('y\r', NO_KEY)).toEqual(['y', 'enter']);
  });

  it('have names', () => {
    expect(splitKeys('', { ...NO_KEY, upArrow: true })).toEqual(['up']);
    expect(splitKeys('\r', { ...NO_KEY, return: true })).toEqual(['enter']);
    expect(splitKeys('', { ...NO_KEY, tab: true, shift: true })).toEqual(['shift-tab']);
    expect(splitKeys('c', { ...NO_KEY, ctrl: true })).toEqual(['ctrl-c']);
  });
});

describe('the table of keys', () => {
  it('binds no key twice', () => {
    const keys = BINDINGS.flatMap((binding) => binding.keys);
    expect(new Set(keys).size).toBe(keys.length);
  });

  it('has a text in both languages for each binding', () => {
    for (const { short, long } of BINDINGS) {
      for (const key of [short, long]) expect(tui[key].en && tui[key].zh, key).toBeTruthy();
    }
  });

  it('has no dead key: each one changes something or asks for something', () => {
    const situations: ScreenState[] = [
      { ...start, focus: 'steps', selection: { kind: 'row', index: 5 }, zoomed: true },
      { ...start, focus: 'why' },
      { ...start, focus: 'chart', scroll: { ...start.scroll, chart: 30 } },
    ];
    for (const key of BINDINGS.flatMap((binding) => binding.keys)) {
      const alive = situations.some((before) => {
        const { state, commands } = reduceKey(before, scene, key);
        return commands.length > 0 || JSON.stringify(state) !== JSON.stringify(before);
      });
      expect(alive, `key ${key}`).toBe(true);
    }
  });
});

describe('a key', () => {
  it('steps, runs on, plays and stops', () => {
    expect(press(start, ' ', 'n').commands).toEqual([{ type: 'step' }, { type: 'next' }]);
    expect(press(start, 'p').commands).toEqual([{ type: 'play' }]);
    expect(press({ ...start, activity: 'playing' }, 'p').commands).toEqual([{ type: 'halt' }]);
    expect(press({ ...start, activity: 'running' }, 'escape').commands).toEqual([{ type: 'halt' }]);
    expect(press({ ...start, activity: 'playing' }, 's').commands).toEqual([
      { type: 'halt' },
      { type: 'step' },
    ]);
  });

  it('changes the speed within its bounds', () => {
    expect(press(start, '+').state.speed).toBe(start.speed + 1);
    expect(press(start, ...Array(20).fill('-')).state.speed).toBe(0);
    expect(press(start, ...Array(20).fill('+')).state.speed).toBe(6);
  });

  it('walks through the panes in both directions', () => {
    const visited = PANES.map((_, n) => press(start, ...Array(n).fill('tab')).state.focus);
    expect(new Set(visited)).toEqual(new Set(PANES));
    expect(press(start, 'tab', 'shift-tab').state.focus).toBe(start.focus);
  });

  it('selects a container in the pods pane, and with it its machine and its last step', () => {
    const { state } = press({ ...start, focus: 'pods' }, 'up', 'down');
    const selected = resolve(scene, state.selection);
    expect(selected.container).toBe('liveness');
    expect(selected.machine?.key).toBe(`container/${UID}/liveness`);
    expect(selected.row?.entry.event).toBe('ContainerStarted');
    expect(selected.logContainer).toBe('liveness');
  });

  it('looks back at a step, and forward until it follows again', () => {
    const back = press(start, 'k', 'k').state;
    expect(resolve(scene, back.selection).row?.seq).toBe(11);
    expect(press(back, 'j', 'j').state.selection).toEqual({ kind: 'follow' });
    expect(press(back, 'g').state.selection).toEqual({ kind: 'row', index: 0 });
    expect(press(back, 'f').state.selection).toEqual({ kind: 'follow' });
    expect(press(back, ' ').state.selection).toEqual({ kind: 'follow' });
  });

  it('goes round the machines of the pod', () => {
    const keys = new Set<string>();
    let state = start;
    for (let n = 0; n < 5; n++) {
      state = press(state, 'l').state;
      keys.add(resolve(scene, state.selection).machine?.machine ?? '');
    }
    expect(keys).toEqual(new Set(['pod', 'podWorker', 'sandbox', 'imagePull', 'container']));
    expect(press(start, 'l', 'h').state.selection).toMatchObject({ key: `container/${UID}/liveness` });
  });

  it('scrolls the log from its end', () => {
    const lines = Array.from({ length: 50 }, (_, n) => ({
      atMs: n,
      stream: 'stdout' as const,
      text: `${n}`,
      partial: false,
    }));
    const withLog = { ...scene, log: lines };
    const up = reduceKey({ ...start, focus: 'log' }, withLog, 'up').state;
    expect(up.scroll.log).toBe(1);
    expect(reduceKey(up, withLog, 'G').state.scroll.log).toBe(0);
    expect(reduceKey(up, withLog, 'g').state.scroll.log).toBeGreaterThan(30);
  });

  it('deletes only after a yes', () => {
    const asked = press(start, 'd');
    expect(asked.state.dialog).toEqual({ kind: 'delete', namespace: 'default', name: 'liveness-exec' });
    expect(press(asked.state, 'x', 'n')).toMatchObject({ state: { dialog: { kind: 'none' } }, commands: [] });
    expect(press(asked.state, 'y').commands).toEqual([
      { type: 'delete', namespace: 'default', name: 'liveness-exec' },
    ]);
  });

  it('says that there is nothing to delete', () => {
    const { state } = reduceKey(start, sceneAfter(0, []), 'd');
    expect(state.notice?.told.key).toBe('notice.noPod');
  });

  it('switches the language, also while help is open', () => {
    expect(press(start, 'L').state.language).toBe('zh');
    expect(press(start, '?', 'L').state).toMatchObject({ language: 'zh', dialog: { kind: 'help' } });
  });

  it('opens and closes help, and scrolls in it', () => {
    expect(press(start, '?', 'down', 'down', 'up').state.helpScroll).toBe(1);
    const end = press(start, '?', 'G').state.helpScroll;
    expect(press(start, '?', 'G', 'down', 'up').state.helpScroll).toBe(end - 1);
    for (const key of ['?', 'escape', 'q']) expect(press(start, '?', key).state.dialog.kind).toBe('none');
  });

  it('quits with 0, and with 130 on Ctrl-C, wherever it is pressed', () => {
    expect(press(start, 'q').commands).toEqual([{ type: 'quit', exitCode: 0 }]);
    for (const opening of ['', '?', 'a', 'd']) {
      expect(press(start, opening, 'ctrl-c').commands.at(-1)).toEqual({ type: 'quit', exitCode: 130 });
    }
  });
});

describe('the apply dialog', () => {
  const choices: Choice[] = [
    { path: 'simple-pod.yaml', directory: false, summary: '' },
    { path: 'pods/', directory: true, summary: '' },
  ];
  const open = () => choicesFound(press(start, 'a').state, '', choices).state;

  it('asks for completions of what is typed', () => {
    expect(press(start, 'a', 'q', '?').commands).toEqual([
      { type: 'complete', text: '' },
      { type: 'complete', text: 'q' },
      { type: 'complete', text: 'q?' },
    ]);
    expect(press(start, 'a', '日', '本', 'backspace').commands.at(-1)).toEqual({
      type: 'complete',
      text: '日',
    });
  });

  it('applies the chosen one, and opens a directory instead', () => {
    expect(press(open(), 'enter').commands).toEqual([{ type: 'apply', path: 'simple-pod.yaml' }]);
    expect(press(open(), 'down', 'enter').commands).toEqual([{ type: 'complete', text: 'pods/' }]);
    expect(press(open(), 'tab').commands).toEqual([{ type: 'complete', text: 'simple-pod.yaml' }]);
  });

  it('applies what was typed when nothing matches', () => {
    const typed = choicesFound(press(start, 'a', 'x').state, 'x', []).state;
    expect(press(typed, 'enter').commands).toEqual([{ type: 'apply', path: 'x' }]);
  });

  it('ignores completions that come late', () => {
    const typed = press(open(), 's').state;
    expect(choicesFound(typed, '', []).state).toBe(typed);
  });

  it('waits for the choices when enter comes first', () => {
    const early = press(start, 'a', 'p', 'enter', 'n');
    expect(early.commands.map(({ type }) => type)).toEqual(['complete', 'complete']);
    expect(choicesFound(early.state, 'p', choices.slice(0, 1)).commands).toEqual([
      { type: 'apply', path: 'simple-pod.yaml' },
    ]);
  });

  it('does not apply twice while the file is read, and stays open with what was wrong', () => {
    const reading = press(open(), 'enter').state;
    expect(press(reading, 'enter').commands).toEqual([]);
    const refused = applyRefused(reading, ['pod.yaml:3:7: unknown field']);
    expect(refused.dialog).toMatchObject({ errors: ['pod.yaml:3:7: unknown field'], reading: false });
    expect(press(refused, 'escape').state.dialog.kind).toBe('none');
  });
});
