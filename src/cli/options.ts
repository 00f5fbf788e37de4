/** Options of a command line, read strictly: an unknown one or a bad value ends with one line and a hint. */
import { type ParseArgsConfig, parseArgs } from 'node:util';
import { parseDuration } from '../lib/duration.ts';
import { PodstepError } from '../lib/errors.ts';
import { argumentProblem, type Io, say, usageError } from './io.ts';

type Wanted = NonNullable<ParseArgsConfig['options']>;

export interface Given {
  readonly files: readonly string[];
  text(name: string): string | undefined;
  flag(name: string): boolean;
  /** One of `choices`; the first is what it is when it was not given. */
  choice<T extends string>(name: string, choices: readonly [T, ...T[]]): T;
  /** Milliseconds. */
  duration(name: string): number | undefined;
  whole(name: string): number | undefined;
  positive(name: string): number | undefined;
}

/** Reads `args` of `command` (`podstep run`). Throws PodstepError BAD_USAGE. */
export function readOptions(args: readonly string[], options: Wanted, command: string, io: Io): Given {
  const { values, positionals } = parse(args, options, command, io);
  const text = (name: string) => {
    const value = values[name];
    return typeof value === 'string' ? value : undefined;
  };
  const refuse = (key: Parameters<typeof usageError>[2], name: string, rest: Record<string, string>) =>
    usageError(io, command, key, { option: `--${name}`, value: text(name) ?? '', ...rest });
  const number = (name: string, fits: (value: number) => boolean, wanted: Parameters<typeof say>[1]) => {
    const given = text(name);
    if (given === undefined) return undefined;
    const value = Number(given);
    if (given.trim() === '' || !fits(value)) throw refuse('cli.badNumber', name, { wanted: say(io, wanted) });
    return value;
  };
  return {
    files: positionals,
    text,
    flag: (name) => values[name] === true,
    choice(name, choices) {
      const given = text(name) ?? choices[0];
      const found = choices.find((one) => one === given);
      if (found === undefined) throw refuse('cli.badChoice', name, { choices: choices.join(', ') });
      return found;
    },
    duration(name) {
      const given = text(name);
      const parsed = given === undefined ? undefined : parseDuration(given);
      if (given !== undefined && parsed === undefined) throw refuse('cli.badDuration', name, {});
      return parsed;
    },
    whole: (name) => number(name, Number.isSafeInteger, 'cli.wholeNumber'),
    positive: (name) => number(name, (value) => Number.isFinite(value) && value > 0, 'cli.positiveNumber'),
  };
}

function parse(args: readonly string[], options: Wanted, command: string, io: Io) {
  try {
    return parseArgs({ args: [...args], options, allowPositionals: true, strict: true });
  } catch (cause) {
    throw new PodstepError('BAD_USAGE', argumentProblem(io, cause), {
      advice: say(io, 'cli.seeHelp', { command }),
      cause,
    });
  }
}
