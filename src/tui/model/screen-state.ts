/** What the person has chosen on the screen: focus, selection, scrolling, language, and the dialog that is open. */
import type { Language, Message, Told } from '../../messages/catalogue.ts';
import type { TuiKey } from '../../messages/tui.ts';

export const PANES = ['pods', 'steps', 'chart', 'why', 'log'] as const;
export type PaneName = (typeof PANES)[number];

/** Steps a second while playing; the last one does not wait at all. */
export const SPEEDS = [0.5, 1, 2, 5, 10, 20, Number.POSITIVE_INFINITY] as const;

/** What the panes on the right are about. `follow` is whatever moved last. */
export type Selection =
  | { readonly kind: 'follow' }
  | { readonly kind: 'row'; readonly index: number }
  | { readonly kind: 'machine'; readonly key: string; readonly podUid: string; readonly container: string };

/** A manifest that can be applied: what is shown, and the path that is applied. */
export interface Choice {
  readonly path: string;
  /** A directory is completed and opened, never applied. */
  readonly directory: boolean;
  /** What is inside, one line; empty for files of the person's own. */
  readonly summary: string;
}

/** What a person should know about a manifest that was accepted all the same. */
export interface Remark {
  /** file:line:column; empty where it is about an object as a whole. */
  readonly place: string;
  readonly text: Message;
}

export type Dialog =
  | { readonly kind: 'none' }
  | { readonly kind: 'help' }
  | {
      readonly kind: 'apply';
      readonly text: string;
      readonly choices: readonly Choice[];
      /** The text that `choices` belong to; undefined until the first have come. */
      readonly choicesFor: string | undefined;
      /** Enter was pressed before the choices for the text had come. */
      readonly confirmed: boolean;
      /** Index into `choices`; -1 when what was typed is meant as it stands. */
      readonly chosen: number;
      /** What was wrong with the last try, line by line. */
      readonly errors: readonly string[];
      /** True while the file is read. */
      readonly reading: boolean;
    }
  | { readonly kind: 'remarks'; readonly remarks: readonly Remark[]; readonly scroll: number }
  | { readonly kind: 'delete'; readonly namespace: string; readonly name: string };

/** What the engine is doing for the screen right now. */
export type Activity = 'idle' | 'stepping' | 'running' | 'playing';

export interface Notice {
  readonly told: Told<TuiKey>;
  readonly tone: 'info' | 'error';
}

export interface ScreenState {
  readonly columns: number;
  readonly rows: number;
  readonly language: Language;
  readonly ascii: boolean;
  readonly focus: PaneName;
  readonly zoomed: boolean;
  readonly selection: Selection;
  /** Lines scrolled away from where a pane begins (log: from its end). */
  readonly scroll: Readonly<Record<PaneName, number>>;
  readonly helpScroll: number;
  readonly dialog: Dialog;
  readonly activity: Activity;
  /** Index into SPEEDS. */
  readonly speed: number;
  readonly notice: Notice | undefined;
  /** Keys pressed so far that did something: the first-time hint goes away with the first steps. */
  readonly stepsAsked: number;
}

export const NO_SCROLL: Readonly<Record<PaneName, number>> = { pods: 0, steps: 0, chart: 0, why: 0, log: 0 };

export function initialState(options: {
  columns: number;
  rows: number;
  language: Language;
  ascii: boolean;
}): ScreenState {
  return {
    ...options,
    focus: 'steps',
    zoomed: false,
    selection: { kind: 'follow' },
    scroll: NO_SCROLL,
    helpScroll: 0,
    dialog: { kind: 'none' },
    activity: 'idle',
    speed: 2,
    notice: undefined,
    stepsAsked: 0,
  };
}
