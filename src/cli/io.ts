/** What a command talks to: streams, environment, language; tests hand in their own. */
import { PodstepError } from '../lib/errors.ts';
import { type Language, type MessageKey, tell } from '../messages/index.ts';
import type { OutTerminal } from './terminal-text.ts';

export interface Io {
  readonly out: (text: string) => void;
  readonly err: (text: string) => void;
  readonly readStdin: () => Promise<string>;
  readonly language: Language;
  readonly environment: Readonly<Record<string, string | undefined>>;
  /** True when both standard input and standard output are terminals. */
  readonly isTerminal: boolean;
  /** Standard output, where it is a terminal that text is laid out for. */
  readonly terminal?: OutTerminal;
  /** Asks the person who sits there; left out where nobody does. True for yes. */
  readonly ask?: (question: string) => Promise<boolean>;
  /** Aborted when the user wants to stop (SIGINT, SIGTERM). */
  readonly signal: AbortSignal;
}

type Values = Readonly<Record<string, string | number>>;

/** One of our texts in the user's language. */
export function say(io: Pick<Io, 'language'>, key: MessageKey, values?: Values): string {
  return tell(values === undefined ? { key } : { key, values }, io.language);
}

/** Bad usage: one line, and where the help is. */
export function usageError(io: Pick<Io, 'language'>, command: string, key: MessageKey, values?: Values) {
  return new PodstepError('BAD_USAGE', say(io, key, values), {
    advice: say(io, 'cli.seeHelp', { command }),
  });
}

/** What `parseArgs` refused, in the user's language where it is one of the everyday mistakes. */
export function argumentProblem(io: Pick<Io, 'language'>, cause: unknown): string {
  if (!(cause instanceof Error)) return String(cause);
  const code = 'code' in cause ? cause.code : undefined;
  const option = /'([^']+)'/
    .exec(cause.message)?.[1]
    ?.replace(/^-\w, /, '')
    .replace(/ <value>$/, '');
  if (option !== undefined && code === 'ERR_PARSE_ARGS_UNKNOWN_OPTION')
    return say(io, 'cli.unknownOption', { option });
  if (option !== undefined && / missing| ambiguous/.test(cause.message))
    return say(io, 'cli.optionValue', { option });
  if (option !== undefined && code === 'ERR_PARSE_ARGS_UNEXPECTED_POSITIONAL')
    return say(io, 'cli.extraArgument', { argument: option });
  return cause.message.split('. ')[0] ?? cause.message;
}
