/** The support table as Markdown, for the READMEs. */
import {
  FIELD_SUPPORT_TABLE,
  type FieldSupport,
  type Support,
  supportOn,
} from '../../../src/api/support/fields.ts';
import type { Language } from '../../../src/messages/catalogue.ts';

const WORDS: Readonly<Record<Language, Readonly<Record<Support, string>>>> = {
  en: { honoured: 'honoured', inert: 'accepted', warned: 'warning', stuck: '**waits**' },
  zh: { honoured: '支持', inert: '接受', warned: '警告', stuck: '**等待**' },
};
const HEAD: Readonly<Record<Language, string>> = {
  en: '| field | WASM | Docker | |\n| --- | --- | --- | --- |',
  zh: '| 字段 | WASM | Docker | |\n| --- | --- | --- | --- |',
};

/** Fields of one parent with the same word and note share a row. */
export function supportTable(language: Language): string {
  const groups = new Map<string, FieldSupport[]>();
  for (const field of FIELD_SUPPORT_TABLE) {
    const key = `${parentOf(field.path)}|${wordsOf(field, language)}`;
    groups.set(key, [...(groups.get(key) ?? []), field]);
  }
  const lines = [...groups.values()].map((fields) => {
    const [first] = fields;
    const parent = parentOf(first?.path ?? '');
    const names = fields.map(({ path }) => path.slice(parent.length).replace(/^\./, '').replace(/\.\*$/, ''));
    const where =
      names.length === 1
        ? `\`${parent}.${names[0]}\``
        : `\`${parent}\`: ${names.map((name) => `\`${name}\``).join(', ')}`;
    return `| ${where} | ${first === undefined ? '' : wordsOf(first, language)} |`;
  });
  return [HEAD[language], ...lines].join('\n');
}

/** What both runtimes make of it, and the remarks: one where they share it. */
function wordsOf(field: FieldSupport, language: Language): string {
  const [wasm, docker] = [supportOn(field, 'wasm'), supportOn(field, 'docker')];
  const notes = [wasm, docker].map(({ note }) => note?.[language] ?? '');
  const [ofWasm = '', ofDocker = ''] = notes;
  const told = [ofWasm === '' ? '' : `WASM: ${ofWasm}`, ofDocker === '' ? '' : `Docker: ${ofDocker}`];
  const remark = ofWasm === ofDocker ? ofWasm : told.filter((one) => one !== '').join('; ');
  return `${WORDS[language][wasm.support]} | ${WORDS[language][docker.support]} | ${remark}`;
}

function parentOf(path: string): string {
  const bare = path.replace(/\.\*$/, '');
  return bare.slice(0, bare.lastIndexOf('.'));
}
