/** The support table as Markdown, for the READMEs. */
import { FIELD_SUPPORT_TABLE, type FieldSupport, type Support } from '../../../src/api/support/fields.ts';
import type { Language } from '../../../src/messages/catalogue.ts';

const WORDS: Readonly<Record<Language, Readonly<Record<Support, string>>>> = {
  en: { honoured: 'honoured', inert: 'accepted', warned: 'warning', stuck: '**waits**' },
  zh: { honoured: '支持', inert: '接受', warned: '警告', stuck: '**等待**' },
};
const HEAD: Readonly<Record<Language, string>> = {
  en: '| field | WASM | |\n| --- | --- | --- |',
  zh: '| 字段 | WASM | |\n| --- | --- | --- |',
};

/** Fields of one parent with the same word and note share a row. */
export function supportTable(language: Language): string {
  const groups = new Map<string, FieldSupport[]>();
  for (const field of FIELD_SUPPORT_TABLE) {
    const key = `${parentOf(field.path)}|${field.wasm}|${field.note?.[language] ?? ''}`;
    groups.set(key, [...(groups.get(key) ?? []), field]);
  }
  const lines = [...groups.values()].map((fields) => {
    const [first] = fields;
    const parent = parentOf(first?.path ?? '');
    const names = fields.map(({ path }) => path.slice(parent.length).replace(/^\./, '').replace(/\.\*$/, ''));
    const word = first === undefined ? '' : WORDS[language][first.wasm];
    const where =
      names.length === 1
        ? `\`${parent}.${names[0]}\``
        : `\`${parent}\`: ${names.map((name) => `\`${name}\``).join(', ')}`;
    return `| ${where} | ${word} | ${first?.note?.[language] ?? ''} |`;
  });
  return [HEAD[language], ...lines].join('\n');
}

function parentOf(path: string): string {
  const bare = path.replace(/\.\*$/, '');
  return bare.slice(0, bare.lastIndexOf('.'));
}
