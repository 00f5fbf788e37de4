/** What a key does: the person's choices after it, and what the engine is asked for. Pure; `drive` does the asking. */
import { unreachable } from '../../lib/assert.ts';
import { EMPTY_APPLY, reduceApply, reduceRemarks } from './apply-dialog.ts';
import { helpLines } from './dialogs.ts';
import { drawingOf } from './draw.ts';
import { tellingRow } from './interest.ts';
import { type Verb, verbOf } from './keys.ts';
import { layOut, wholeBody } from './layout.ts';
import type { Scene } from './scene.ts';
import { NO_SCROLL, PANES, type ScreenState, type Selection, SPEEDS } from './screen-state.ts';
import { machinesOf, podRows, resolve } from './select.ts';

export type Command =
  | { readonly type: 'step' }
  | { readonly type: 'next' }
  | { readonly type: 'play' }
  /** Stop whatever goes on, once the event in hand is handled. */
  | { readonly type: 'halt' }
  | { readonly type: 'delete'; readonly namespace: string; readonly name: string }
  | { readonly type: 'apply'; readonly path: string }
  /** Find manifests whose path begins with `text`. */
  | { readonly type: 'complete'; readonly text: string }
  | { readonly type: 'quit'; readonly exitCode: number };

export interface Reaction {
  readonly state: ScreenState;
  readonly commands: readonly Command[];
}

const only = (state: ScreenState): Reaction => ({ state, commands: [] });

function cycle(state: ScreenState, by: 1 | -1): ScreenState {
  const at = PANES.indexOf(state.focus);
  const focus = PANES[(at + by + PANES.length) % PANES.length] ?? state.focus;
  return { ...state, focus };
}

function select(state: ScreenState, selection: Selection): ScreenState {
  return { ...state, selection, scroll: { ...NO_SCROLL }, notice: undefined };
}

function selectPodRow(state: ScreenState, scene: Scene, move: Move): ScreenState {
  const rows = podRows(scene.pods);
  const now = resolve(scene, state.selection);
  const uid = now.pod?.metadata.uid;
  const at = rows.findIndex(({ pod, container }) => pod.metadata.uid === uid && container === now.container);
  const target = rows[Math.max(0, Math.min(rows.length - 1, move(at, rows.length)))];
  if (!target) return state;
  const kind = target.container === '' ? 'pod' : 'container';
  const podUid = target.pod.metadata.uid;
  const machine = machinesOf(scene, podUid).find(
    (view) => view.machine === kind && (view.object.container ?? '') === target.container,
  );
  const key = machine?.key ?? [kind, podUid, target.container].filter((part) => part !== '').join('/');
  return select(state, { kind: 'machine', key, podUid, container: target.container });
}

function selectRow(state: ScreenState, scene: Scene, move: Move): ScreenState {
  const [first, last] = [scene.rows[0], scene.rows.at(-1)];
  if (!first || !last) return state;
  const now = resolve(scene, state.selection).row ?? last;
  const at = move(now.index - first.index, scene.rows.length);
  const present = at > last.index - first.index || at + first.index === tellingRow(scene.rows)?.index;
  if (present) return select(state, { kind: 'follow' });
  return select(state, { kind: 'row', index: first.index + Math.max(0, at) });
}

/** Moves within the focused pane: a selection where there is one, else scrolling (the log counts from its end). */
function moveInPane(state: ScreenState, scene: Scene, move: Move): ScreenState {
  switch (state.focus) {
    case 'pods':
      return selectPodRow(state, scene, move);
    case 'steps':
      return selectRow(state, scene, move);
    case 'log': {
      const count = Math.max(0, scene.log.length - paneRows(state, scene));
      const log =
        count - Math.max(0, Math.min(count, move(count - Math.min(count, state.scroll.log), count)));
      return { ...state, scroll: { ...state.scroll, log } };
    }
    case 'chart':
    case 'why': {
      const offset = Math.max(0, Math.min(MOST_SCROLL, move(state.scroll[state.focus], MOST_SCROLL)));
      return { ...state, scroll: { ...state.scroll, [state.focus]: offset } };
    }
    default:
      return unreachable(state.focus);
  }
}

/** Charts and reasons are shorter than this; the panes themselves stop at their end. */
const MOST_SCROLL = 60;

/** Lines under the title of the focused pane. */
function paneRows({ columns, rows, focus, zoomed }: ScreenState, scene: Scene): number {
  const layout = layOut(columns, rows, podRows(scene.pods).length);
  const pane = zoomed
    ? wholeBody(layout, focus)
    : [...layout.left, ...layout.right].find((p) => p.name === focus);
  return Math.max(1, (pane?.rows ?? 2) - 1);
}

function selectMachine(state: ScreenState, scene: Scene, by: 1 | -1): ScreenState {
  const now = resolve(scene, state.selection);
  const podUid = now.pod?.metadata.uid ?? now.machine?.object.uid ?? '';
  const all = machinesOf(scene, podUid);
  if (all.length === 0) return state;
  const at = all.findIndex(({ key }) => key === now.machine?.key);
  const from = at < 0 ? (by > 0 ? -1 : 0) : at;
  const target = all[(from + by + all.length) % all.length];
  if (!target) return state;
  const container = target.object.container ?? '';
  return select(state, { kind: 'machine', key: target.key, podUid, container });
}

function back(state: ScreenState): Reaction {
  if (state.activity !== 'idle') return { state, commands: [{ type: 'halt' }] };
  if (state.zoomed) return only({ ...state, zoomed: false });
  return only(select(state, { kind: 'follow' }));
}

/** Going on means looking at what comes. */
function goOn(state: ScreenState, type: 'step' | 'next'): Reaction {
  const moving = select(state, { kind: 'follow' });
  const halt: Command[] = state.activity === 'playing' ? [{ type: 'halt' }] : [];
  return { state: { ...moving, stepsAsked: state.stepsAsked + 1 }, commands: [...halt, { type }] };
}

function togglePlay(state: ScreenState): Reaction {
  if (state.activity !== 'idle') return { state, commands: [{ type: 'halt' }] };
  const moving = select(state, { kind: 'follow' });
  return { state: { ...moving, stepsAsked: state.stepsAsked + 1 }, commands: [{ type: 'play' }] };
}

function askDelete(state: ScreenState, scene: Scene): ScreenState {
  const pod = resolve(scene, state.selection).pod;
  if (!pod) return { ...state, notice: { told: { key: 'notice.noPod' }, tone: 'info' } };
  const { namespace, name } = pod.metadata;
  return { ...state, notice: undefined, dialog: { kind: 'delete', namespace, name } };
}

/** Where a key leads from row `at` of `count`, for a pane that shows `page` rows. */
type Move = (at: number, count: number) => number;
const MOVES = {
  up: () => (at) => at - 1,
  down: () => (at) => at + 1,
  pageUp: (page) => (at) => at - page,
  pageDown: (page) => (at) => at + page,
  first: () => () => 0,
  last: () => (_, count) => count,
} as const satisfies Partial<Record<Verb, (page: number) => Move>>;

function doVerb(state: ScreenState, scene: Scene, verb: Verb): Reaction {
  switch (verb) {
    case 'step':
    case 'next':
      return goOn(state, verb);
    case 'play':
      return togglePlay(state);
    case 'faster':
    case 'slower': {
      const speed = state.speed + (verb === 'faster' ? 1 : -1);
      return only({ ...state, speed: Math.max(0, Math.min(SPEEDS.length - 1, speed)) });
    }
    case 'apply': {
      const dialog = EMPTY_APPLY;
      return { state: { ...state, notice: undefined, dialog }, commands: [{ type: 'complete', text: '' }] };
    }
    case 'delete':
      return only(askDelete(state, scene));
    case 'up':
    case 'down':
    case 'pageUp':
    case 'pageDown':
    case 'first':
    case 'last':
      return only(moveInPane(state, scene, MOVES[verb](paneRows(state, scene))));
    case 'previousMachine':
      return only(selectMachine(state, scene, -1));
    case 'nextMachine':
      return only(selectMachine(state, scene, 1));
    case 'nextPane':
      return only(cycle(state, 1));
    case 'previousPane':
      return only(cycle(state, -1));
    case 'zoom':
      return only({ ...state, zoomed: !state.zoomed });
    case 'follow':
      return only(select(state, { kind: 'follow' }));
    case 'language':
      return only({ ...state, language: state.language === 'en' ? 'zh' : 'en' });
    case 'help':
      return only({ ...state, helpScroll: 0, dialog: { kind: 'help' } });
    case 'back':
      return back(state);
    case 'quit':
      return { state, commands: [{ type: 'quit', exitCode: 0 }] };
    default:
      return unreachable(verb);
  }
}

function inHelp(state: ScreenState, scene: Scene, key: string): Reaction {
  const verb = verbOf(key);
  const page = paneRows({ ...state, zoomed: true }, scene);
  const by = { up: -1, down: 1, pageUp: -page, pageDown: page, first: -1_000, last: 1_000 } as const;
  if (verb === 'language') return only({ ...state, language: state.language === 'en' ? 'zh' : 'en' });
  if (verb === 'quit' || verb === 'help' || verb === 'back' || key === 'enter') {
    return only({ ...state, dialog: { kind: 'none' } });
  }
  if (verb !== undefined && verb in by) {
    const most = Math.max(0, helpLines(drawingOf(scene, state), state.columns).length - page);
    const helpScroll = Math.max(0, Math.min(most, state.helpScroll + by[verb as keyof typeof by]));
    return only({ ...state, helpScroll });
  }
  return only(state);
}

function inDelete(state: ScreenState, key: string): Reaction {
  if (state.dialog.kind !== 'delete') return only(state);
  const { namespace, name } = state.dialog;
  const closed: ScreenState = { ...state, dialog: { kind: 'none' } };
  if (key === 'y' || key === 'Y') return { state: closed, commands: [{ type: 'delete', namespace, name }] };
  return key === 'n' || key === 'N' || key === 'escape' || key === 'q' ? only(closed) : only(state);
}

/** One key. Ctrl-C always quits, with the exit code of an interrupted program. */
export function reduceKey(state: ScreenState, scene: Scene, key: string): Reaction {
  if (key === 'ctrl-c') return { state, commands: [{ type: 'quit', exitCode: 130 }] };
  switch (state.dialog.kind) {
    case 'help':
      return inHelp(state, scene, key);
    case 'delete':
      return inDelete(state, key);
    case 'apply':
      return reduceApply(state, state.dialog, key);
    case 'remarks':
      return reduceRemarks(state, state.dialog, key);
    case 'none': {
      const verb = verbOf(key);
      return verb === undefined ? only(state) : doVerb(state, scene, verb);
    }
    default:
      return unreachable(state.dialog);
  }
}
