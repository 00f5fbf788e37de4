/** What a subcommand is told of its surroundings, so that tests can give it others. */
import { type Language, type MessageKey, tell } from '../messages/index.ts';

export type Environment = Readonly<Record<string, string | undefined>>;

export interface Surroundings {
  readonly out: (text: string) => void;
  readonly err: (text: string) => void;
  readonly language: Language;
  readonly environment: Environment;
}

export function say(
  { language }: Pick<Surroundings, 'language'>,
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
