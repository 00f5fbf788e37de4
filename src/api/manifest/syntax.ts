/** From the text of a file to YAML documents, with syntax errors at their place and bounds on size and depth. */
import {
  Composer,
  CST,
  type Document,
  LineCounter,
  type ParsedNode,
  Parser,
  type YAMLParseError,
} from 'yaml';
import type { MessageKey, Told } from '../../messages/index.ts';
import { wordsOf } from './yaml-words.ts';

/** What etcd takes in one request. */
const MAX_FILE_CHARACTERS = 1_572_864;
/** No Kubernetes type nests this deep. */
const MAX_DEPTH = 128;
/** Of as many documents the mistakes are told. */
const MAX_SYNTAX_ERRORS = 10;

export interface SyntaxProblem {
  /** Where in the text, counted in UTF-16 units from 0. */
  readonly offset: number;
  readonly message: string;
  readonly advice?: Told<MessageKey>;
}

export type YamlDocument = Document.Parsed<ParsedNode>;

export interface Syntax {
  /** The documents that are whole; one with syntax errors is left out. */
  readonly documents: readonly YamlDocument[];
  readonly problems: readonly SyntaxProblem[];
  readonly lines: LineCounter;
  /** True when the text is plain JSON: then duplicate keys are worded as for JSON. */
  readonly json: boolean;
}

/** Takes the text apart; never throws for what is in it. */
export function parseSyntax(text: string): Syntax {
  const lines = new LineCounter();
  const json = isJson(text);
  if (text.length > MAX_FILE_CHARACTERS) {
    const advice: Told<MessageKey> = { key: 'manifest.tooLarge', values: { limit: MAX_FILE_CHARACTERS } };
    const problem = {
      offset: 0,
      message: `Request entity too large: limit is ${MAX_FILE_CHARACTERS}`,
      advice,
    };
    lines.addNewLine(0);
    return { documents: [], problems: [problem], lines, json };
  }
  // A tab between JSON tokens is white space; YAML would take it for indentation.
  const source = json ? text.replaceAll('\t', ' ') : text;
  const tokens = [...new Parser(lines.addNewLine).parse(source)];
  const deep = tooDeep(tokens);
  if (deep !== undefined) {
    const advice: Told<MessageKey> = { key: 'manifest.tooDeep', values: { limit: MAX_DEPTH } };
    const message = `error converting YAML to JSON: yaml: line ${lines.linePos(deep).line}: exceeded max depth of ${MAX_DEPTH}`;
    return { documents: [], problems: [{ offset: deep, message, advice }], lines, json };
  }
  for (const token of tokens) if (token.type === 'document') acceptApostropheEscapes(token);
  return { ...compose(tokens, source, lines), lines, json };
}

function compose(
  tokens: CST.Token[],
  source: string,
  lines: LineCounter,
): Pick<Syntax, 'documents' | 'problems'> {
  // Every scalar stays text here: scalars.ts reads them as Kubernetes does.
  const composer = new Composer({ version: '1.1', schema: 'failsafe', uniqueKeys: false, merge: false });
  const documents: YamlDocument[] = [];
  const problems: SyntaxProblem[] = [];
  for (const document of composer.compose(tokens, false, source.length)) {
    // The first mistake makes the others: Kubernetes' parser stops at it.
    const [first] = document.errors.toSorted((a, b) => a.pos[0] - b.pos[0]);
    if (first) problems.push(problemOf(first, source, lines));
    else documents.push(document);
  }
  return { documents, problems: problems.slice(0, MAX_SYNTAX_ERRORS) };
}

function problemOf(error: YAMLParseError, source: string, lines: LineCounter): SyntaxProblem {
  const offset = error.pos[0];
  const prefix = (at: number) => `error converting YAML to JSON: yaml: line ${lines.linePos(at).line}:`;
  const lineStart = source.lastIndexOf('\n', offset - 1) + 1;
  const indentation = /^[ \t]*/.exec(source.slice(lineStart))?.[0] ?? '';
  const inIndentation = indentation.includes('\t') && offset <= lineStart + indentation.length;
  if (error.code === 'TAB_AS_INDENT' || inIndentation) {
    const tab = lineStart + Math.max(0, indentation.indexOf('\t'));
    const message = `${prefix(tab)} found character that cannot start any token (a tab)`;
    return { offset: tab, message, advice: { key: 'manifest.tab' } };
  }
  return { offset, message: `${prefix(offset)} ${wordsOf(error)}` };
}

/** YAML 1.2 knows no `\'` between double quotes; Kubernetes' parser reads it as an apostrophe (goyaml scannerc.go). */
function acceptApostropheEscapes(document: CST.Document): void {
  CST.visit(document, ({ key, value }) => {
    for (const token of [key, value]) {
      if (token?.type !== 'double-quoted-scalar' || !token.source.includes("\\'")) continue;
      token.source = token.source.replace(/\\([\s\S])/g, (whole, char) => (char === "'" ? "'" : whole));
    }
  });
}

/** The offset of the first token nested too deep; walks with a list of its own, so that no depth can harm it. */
function tooDeep(tokens: readonly CST.Token[]): number | undefined {
  let level: CST.Token[] = [...tokens];
  for (let depth = 0; level.length > 0; depth++) {
    if (depth > MAX_DEPTH) return level[0]?.offset ?? 0;
    level = level.flatMap(childrenOf);
  }
  return undefined;
}

function childrenOf(token: CST.Token): CST.Token[] {
  if (token.type === 'document') return token.value ? [token.value] : [];
  if (!('items' in token)) return [];
  return token.items.flatMap((item) =>
    [item.key, item.value].filter((child) => child !== undefined && child !== null),
  );
}

function isJson(text: string): boolean {
  if (!/^\s*[{[]/.test(text)) return false;
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
}
