/** Where a subcommand writes and what it knows of its surroundings: given to it, so that tests can look. */
import { type Language, type MessageKey, tell } from '../messages/index.ts';

export interface Console {
  readonly out: (text: string) => void;
  readonly error: (text: string) => void;
  readonly language: Language;
  readonly environment: Readonly<Record<string, string | undefined>>;
}

/** The console of this process. */
export function processConsole(language: Language): Console {
  return {
    out: (text) => void process.stdout.write(`${text}\n`),
    error: (text) => void process.stderr.write(`${text}\n`),
    language,
    environment: process.env,
  };
}

export function say(
  { language }: Pick<Console, 'language'>,
  key: MessageKey,
  values?: Readonly<Record<string, string | number>>,
): string {
  return tell(values ? { key, values } : { key }, language);
}

/** Bytes as people read them, in powers of 1000 as `crictl images` and `docker images` show them. */
export function readableBytes(bytes: number): string {
  const units = ['B', 'kB', 'MB', 'GB', 'TB'];
  let value = bytes;
  let unit = 0;
  while (value >= 1000 && unit < units.length - 1) {
    value /= 1000;
    unit += 1;
  }
  return `${unit === 0 ? value : value.toPrecision(3).replace(/\.0+$/, '')}${units[unit]}`;
}
