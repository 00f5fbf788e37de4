/** The messages: both languages whole and with the same place holders, every key used, every used key there. */
import type { Problem, SourceFile } from './source.ts';

type Messages = Readonly<Record<string, Readonly<Record<string, string>>>>;

/** What is wrong with the texts themselves. */
export function checkTexts(messages: Messages): Problem[] {
  return Object.entries(messages).flatMap(([key, texts]) => {
    const problems: Problem[] = [];
    for (const language of ['en', 'zh']) {
      if (!texts[language]?.trim()) problems.push({ path: key, problem: `has no text in ${language}` });
    }
    const [en, zh] = [placeholders(texts.en), placeholders(texts.zh)];
    if (en !== zh)
      problems.push({ path: key, problem: `place holders differ: {${en}} in en, {${zh}} in zh` });
    return problems;
  });
}

/** Keys that nothing tells, and keys that are told and do not exist. */
export function checkKeys(messages: Messages, files: readonly SourceFile[]): Problem[] {
  // The catalogues keep messages; the index tells them.
  const users = files.filter(
    ({ path }) => !path.startsWith('src/messages/') || path === 'src/messages/index.ts',
  );
  const literals = new Set<string>();
  const prefixes: string[] = [];
  const unknown: Problem[] = [];
  const areas = new Set(Object.keys(messages).map((key) => key.split('.')[0]));
  for (const { path, text } of users) {
    for (const [, literal = ''] of text.matchAll(/['"`]([A-Za-z][\w.-]*)['"`]/g)) literals.add(literal);
    // A key that is put together: `state.${name}` uses every key that begins so.
    for (const [, prefix = ''] of text.matchAll(/`([A-Za-z][\w-]*\.(?:[\w-]+\.)*[\w-]*)\$\{/g))
      prefixes.push(prefix);
    for (const [, key = ''] of text.matchAll(/\bkey: ['"]([\w-]+(?:\.[\w-]+)+)['"]/g)) {
      if (areas.has(key.split('.')[0] ?? '') && !Object.hasOwn(messages, key)) {
        unknown.push({ path, problem: `tells ${key}, which is no message` });
      }
    }
  }
  const unused = Object.keys(messages)
    .filter((key) => !literals.has(key) && !prefixes.some((prefix) => key.startsWith(prefix)))
    .map((key) => ({ path: key, problem: 'no file tells this message' }));
  return [...unknown, ...unused];
}

function placeholders(text = ''): string {
  return [...new Set([...text.matchAll(/\{(\w+)\}/g)].map((match) => match[1]))].sort().join(', ');
}
