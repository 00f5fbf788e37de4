/** The one table of keys: the bindings, the footer and the help page are all read from here. */
import type { TuiKey } from '../../messages/tui.ts';
import type { GlyphName } from './glyphs.ts';

export type Verb =
  | 'step'
  | 'next'
  | 'play'
  | 'faster'
  | 'slower'
  | 'apply'
  | 'delete'
  | 'up'
  | 'down'
  | 'pageUp'
  | 'pageDown'
  | 'first'
  | 'last'
  | 'previousMachine'
  | 'nextMachine'
  | 'nextPane'
  | 'previousPane'
  | 'zoom'
  | 'follow'
  | 'language'
  | 'help'
  | 'back'
  | 'quit';

/** A group of keys that do one thing. */
export interface Binding {
  readonly verb: Verb;
  /** Names as `split-keys` gives them. */
  readonly keys: readonly string[];
  /** How footer and help write the key: text, or glyphs by name. */
  readonly shown: readonly (string | { readonly glyph: GlyphName })[];
  /** What it does, in a word or two (footer) and in a sentence (help; bindings with the same one share a line). */
  readonly short: TuiKey;
  readonly long: TuiKey;
  /** Lower comes first in the footer; undefined: in the help only. */
  readonly footer?: number;
}

const glyph = (name: GlyphName) => ({ glyph: name });

export const BINDINGS: readonly Binding[] = [
  { verb: 'step', keys: [' ', 's'], shown: ['space'], short: 'key.step', long: 'help.step', footer: 1 },
  { verb: 'next', keys: ['enter', 'n'], shown: ['n'], short: 'key.next', long: 'help.next', footer: 2 },
  { verb: 'play', keys: ['p'], shown: ['p'], short: 'key.play', long: 'help.play', footer: 3 },
  { verb: 'faster', keys: ['+', '='], shown: ['+'], short: 'key.faster', long: 'help.speed' },
  { verb: 'slower', keys: ['-', '_'], shown: ['-'], short: 'key.slower', long: 'help.speed' },
  { verb: 'apply', keys: ['a'], shown: ['a'], short: 'key.apply', long: 'help.apply', footer: 4 },
  { verb: 'delete', keys: ['d'], shown: ['d'], short: 'key.delete', long: 'help.delete', footer: 6 },
  { verb: 'nextPane', keys: ['tab'], shown: ['tab'], short: 'key.pane', long: 'help.pane', footer: 5 },
  {
    verb: 'previousPane',
    keys: ['shift-tab'],
    shown: ['shift-tab'],
    short: 'key.pane',
    long: 'help.pane',
  },
  { verb: 'up', keys: ['up', 'k'], shown: [glyph('up'), ' k'], short: 'key.up', long: 'help.move' },
  { verb: 'down', keys: ['down', 'j'], shown: [glyph('down'), ' j'], short: 'key.down', long: 'help.move' },
  {
    verb: 'previousMachine',
    keys: ['left', 'h'],
    shown: [glyph('left'), ' h'],
    short: 'key.machine',
    long: 'help.machine',
  },
  {
    verb: 'nextMachine',
    keys: ['right', 'l'],
    shown: [glyph('right'), ' l'],
    short: 'key.machine',
    long: 'help.machine',
  },
  { verb: 'pageUp', keys: ['pageup', 'ctrl-b'], shown: ['PgUp'], short: 'key.up', long: 'help.page' },
  {
    verb: 'pageDown',
    keys: ['pagedown', 'ctrl-f'],
    shown: ['PgDn'],
    short: 'key.down',
    long: 'help.page',
  },
  { verb: 'first', keys: ['home', 'g'], shown: ['g'], short: 'key.up', long: 'help.ends' },
  { verb: 'last', keys: ['end', 'G'], shown: ['G'], short: 'key.down', long: 'help.ends' },
  { verb: 'zoom', keys: ['z'], shown: ['z'], short: 'key.zoom', long: 'help.zoom', footer: 7 },
  { verb: 'follow', keys: ['f'], shown: ['f'], short: 'key.follow', long: 'help.follow' },
  { verb: 'language', keys: ['L'], shown: ['L'], short: 'key.language', long: 'help.language', footer: 8 },
  { verb: 'help', keys: ['?'], shown: ['?'], short: 'key.help', long: 'help.help', footer: 9 },
  { verb: 'back', keys: ['escape'], shown: ['esc'], short: 'key.back', long: 'help.back' },
  { verb: 'quit', keys: ['q'], shown: ['q'], short: 'key.quit', long: 'help.quit', footer: 10 },
];

const byKey = new Map(BINDINGS.flatMap((binding) => binding.keys.map((key) => [key, binding.verb] as const)));

/** The verb that a key stands for; undefined for a key that does nothing. */
export function verbOf(key: string): Verb | undefined {
  return byKey.get(key);
}

/** The binding of a verb. */
export function bindingOf(verb: Verb): Binding | undefined {
  return BINDINGS.find((binding) => binding.verb === verb);
}
