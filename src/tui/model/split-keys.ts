/** From what the terminal delivers to key names: keys that were hit quickly arrive together as one string. */
import { graphemesOf } from './text.ts';

/** The part of Ink's key report that is used here. */
export interface KeyReport {
  readonly upArrow: boolean;
  readonly downArrow: boolean;
  readonly leftArrow: boolean;
  readonly rightArrow: boolean;
  readonly pageUp: boolean;
  readonly pageDown: boolean;
  readonly home: boolean;
  readonly end: boolean;
  readonly return: boolean;
  readonly escape: boolean;
  readonly ctrl: boolean;
  readonly shift: boolean;
  readonly tab: boolean;
  readonly backspace: boolean;
  readonly delete: boolean;
  readonly meta: boolean;
}

const NAMED = [
  ['upArrow', 'up'],
  ['downArrow', 'down'],
  ['leftArrow', 'left'],
  ['rightArrow', 'right'],
  ['pageUp', 'pageup'],
  ['pageDown', 'pagedown'],
  ['home', 'home'],
  ['end', 'end'],
  ['return', 'enter'],
  ['escape', 'escape'],
  ['backspace', 'backspace'],
  ['delete', 'delete'],
] as const satisfies readonly (readonly [keyof KeyReport, string])[];

const CONTROL_NAMES: Readonly<Record<string, string>> = {
  '\r': 'enter',
  '\n': 'enter',
  '\t': 'tab',
  '\x7f': 'backspace',
  '\b': 'backspace',
  '\x1b': 'escape',
  '\x03': 'ctrl-c',
};

/** The names of the keys in one report, in the order in which they were hit. */
export function splitKeys(input: string, key: KeyReport): string[] {
  if (key.tab && input.length <= 1) return [key.shift ? 'shift-tab' : 'tab'];
  for (const [flag, name] of NAMED) {
    if (key[flag] && (input.length <= 1 || name !== 'enter')) return [name];
  }
  if (key.ctrl && input.length === 1) return [`ctrl-${input}`];
  if (key.meta) return [];
  return graphemesOf(input).map((grapheme) => CONTROL_NAMES[grapheme] ?? grapheme);
}
