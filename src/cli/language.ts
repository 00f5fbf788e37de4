/** The language of a command line: `--lang`, wherever it stands, or the environment's. */
import { parseArgs } from 'node:util';
import { type Language, languageOf } from '../messages/index.ts';

export interface TakenLanguage {
  readonly language: Language;
  /** The arguments without the option. */
  readonly rest: readonly string[];
  /** The value that is no language of podstep's. */
  readonly refused?: string;
}

export function takeLanguage(
  argv: readonly string[],
  environment: Readonly<Record<string, string | undefined>>,
): TakenLanguage {
  const options = { lang: { type: 'string' } } as const;
  const { tokens } = parseArgs({ args: [...argv], options, strict: false, tokens: true });
  const taken = tokens.find((token) => token.kind === 'option' && token.name === 'lang');
  if (taken?.kind !== 'option') return { language: languageOf(undefined, environment), rest: argv };
  const length = taken.inlineValue ? 1 : 2;
  const rest = [...argv.slice(0, taken.index), ...argv.slice(taken.index + length)];
  const value = taken.value ?? '';
  if (value === 'en' || value === 'zh') return { language: value, rest };
  return { language: languageOf(undefined, environment), rest, refused: value };
}
