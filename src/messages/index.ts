/** Every message of podstep, looked up by key and language. */
import type { Advice } from '../lib/errors.ts';
import { type Catalogue, fill, type Language, type Message, type Told } from './catalogue.ts';
import { cli } from './cli.ts';
import { cliBuild } from './cli-build.ts';
import { cliDocker } from './cli-docker.ts';
import { cliDoctor } from './cli-doctor.ts';
import { cliImages } from './cli-images.ts';
import { cluster } from './cluster.ts';
import { compare } from './compare.ts';
import { docker } from './docker.ts';
import { manifest } from './manifest.ts';
import { states } from './states.ts';
import { support } from './support.ts';
import { why } from './why.ts';

export type { Language, Told } from './catalogue.ts';

export const messages = {
  ...cliBuild,
  ...cliDocker,
  ...cliDoctor,
  ...cliImages,
  ...cli,
  ...cluster,
  ...compare,
  ...docker,
  ...manifest,
  ...states,
  ...support,
  ...why,
} as const;
export type MessageKey = keyof typeof messages;

/** The message of `told.key` in `language`, with its values filled in. */
export function tell(told: Told<MessageKey>, language: Language): string {
  return fill(messages[told.key][language], wordsIn(told.values, language));
}

/** The values with the kind of a probe, a word of a sentence, in the sentence's language. */
function wordsIn(values: Told['values'], language: Language): Told['values'] {
  const kind: Message | undefined = values && (messages as Catalogue)[`probe.kind.${values.probe}`];
  return kind ? { ...values, probe: kind[language] } : values;
}

/** An error's advice; one that is already in a language stays as it is. */
export function tellAdvice(advice: Advice, language: Language): string {
  if (typeof advice === 'string') return advice;
  const message: Message | undefined = (messages as Catalogue)[advice.key];
  return message === undefined ? advice.key : fill(message[language], advice.values);
}

/**
 * The language of everything that is ours, from `--lang` or the environment (LC_ALL, LC_MESSAGES, LANG
 * in POSIX' order); English unless it begins with `zh`.
 */
export function languageOf(
  flag: string | undefined,
  environment: Readonly<Record<string, string | undefined>>,
): Language {
  const wanted = flag ?? (environment.LC_ALL || environment.LC_MESSAGES || environment.LANG || 'en');
  return wanted.toLowerCase().startsWith('zh') ? 'zh' : 'en';
}
