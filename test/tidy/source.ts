/** The source files as the tidy rules see them: their text, their code without comments and strings, their imports. */
import { readdirSync, readFileSync } from 'node:fs';

export interface Import {
  /** As written: `../lib/assert.ts`, `node:fs`, `xstate`. */
  readonly from: string;
  /** Nothing of it is loaded at run time. */
  readonly typeOnly: boolean;
}

export interface SourceFile {
  /** From the project's root: `src/lib/assert.ts`. */
  readonly path: string;
  readonly text: string;
  /** The text with comments and the insides of strings blanked; line by line as long as the text. */
  readonly code: string;
  readonly imports: readonly Import[];
  /** Files that it names by URL, which a worker or a reader opens. */
  readonly urls: readonly string[];
}

export interface Problem {
  readonly path: string;
  readonly problem: string;
}

const ROOT = new URL('../../', import.meta.url);

/** The TypeScript (and JavaScript) files below a folder of the project. */
export function sourceFiles(folder: string): SourceFile[] {
  return readdirSync(new URL(`${folder}/`, ROOT), { recursive: true, encoding: 'utf8' })
    .map((name) => `${folder}/${name.replaceAll('\\', '/')}`)
    .filter((path) => /\.(tsx?|mjs|js)$/.test(path) && !path.includes('node_modules'))
    .sort()
    .map((path) => sourceFile(path, readFileSync(new URL(path, ROOT), 'utf8')));
}

/** Takes one file apart. */
export function sourceFile(path: string, text: string): SourceFile {
  const code = blanked(text);
  return { path, text, code, imports: importsOf(text, code), urls: urlsOf(text) };
}

/** Resolves a relative import to a path from the root; undefined for a package. */
export function resolved(from: string, specifier: string): string | undefined {
  if (!specifier.startsWith('.')) return undefined;
  const path = new URL(specifier, `file:///${from}`).pathname.slice(1);
  return path;
}

function importsOf(text: string, code: string): Import[] {
  const imports: Import[] = [];
  const pattern = /\b(import|export)\b(\s+type\b)?(?:[\w\s{},*$]*?\bfrom\b)?\s*\(?\s*(['"])/g;
  for (const match of code.matchAll(pattern)) {
    const start = match.index + match[0].length;
    const end = text.indexOf(match[3] ?? "'", start);
    const clause = match[0];
    // `import { type A, type B }` loads nothing either.
    const names =
      /\{([^}]*)\}/
        .exec(clause)?.[1]
        ?.split(',')
        .map((name) => name.trim())
        .filter(Boolean) ?? [];
    const allTypes = names.length > 0 && names.every((name) => name.startsWith('type '));
    const inType = clause.includes('(') && /[:<|&]\s*(typeof\s+)?$/.test(code.slice(0, match.index));
    imports.push({ from: text.slice(start, end), typeOnly: match[2] !== undefined || allTypes || inType });
  }
  return imports;
}

function urlsOf(text: string): string[] {
  const plain = [...text.matchAll(/new URL\(\s*(['"`])(\.[^'"`$]+)\1/g)].map((match) => match[2] ?? '');
  // The extension is put together where the source and the built file differ in it.
  const built = [...text.matchAll(/new URL\(\s*`(\.[^`$]+\.)\$\{\w+\}`/g)].map((match) => `${match[1]}ts`);
  return [...plain, ...built];
}

/** Blanks comments and what is inside quotes; what stands in `${}` is code. Line breaks stay. */
export function blanked(text: string): string {
  const out = text.split('');
  const blank = (from: number, to: number) => {
    for (let i = from; i < to && i < out.length; i++) if (out[i] !== '\n') out[i] = ' ';
  };
  /** Open template literals: how deep in braces each one's `${` is. */
  const templates: number[] = [];
  let i = 0;
  while (i < text.length) {
    const rest = text.slice(i, i + 2);
    const char = text[i] ?? '';
    if (rest === '//' || rest === '/*') {
      const end = rest === '//' ? lineEnd(text, i) : blockEnd(text, i);
      blank(i, end);
      i = end;
    } else if (char === "'" || char === '"') {
      const end = stringEnd(text, i, char);
      blank(i + 1, end);
      i = end + 1;
    } else if (char === '/' && regexStarts(out.slice(Math.max(0, i - 40), i).join(''))) {
      const end = regexEnd(text, i);
      blank(i + 1, end);
      i = end + 1;
    } else if (char === '`' || (char === '}' && templates.at(-1) === 0)) {
      if (char === '}') templates.pop();
      const end = templateEnd(text, i + 1);
      blank(i + 1, end);
      if (text[end] === '$') templates.push(0);
      i = end + (text[end] === '$' ? 2 : 1);
    } else {
      const depth = templates.length - 1;
      if (depth >= 0 && char === '{') templates[depth] = (templates[depth] ?? 0) + 1;
      if (depth >= 0 && char === '}') templates[depth] = (templates[depth] ?? 0) - 1;
      i++;
    }
  }
  return out.join('');
}

const lineEnd = (text: string, at: number) =>
  text.indexOf('\n', at) < 0 ? text.length : text.indexOf('\n', at);
const blockEnd = (text: string, at: number) =>
  text.indexOf('*/', at + 2) < 0 ? text.length : text.indexOf('*/', at + 2) + 2;

function stringEnd(text: string, at: number, quote: string): number {
  let i = at + 1;
  while (i < text.length && text[i] !== quote && text[i] !== '\n') i += text[i] === '\\' ? 2 : 1;
  return i;
}

/** Up to the closing backtick, or to the `$` of `${`. */
function templateEnd(text: string, at: number): number {
  let i = at;
  while (i < text.length && text[i] !== '`' && !(text[i] === '$' && text[i + 1] === '{')) {
    i += text[i] === '\\' ? 2 : 1;
  }
  return i;
}

/** After an operator, a bracket or `return` a slash begins a regular expression; after a value it divides. */
function regexStarts(before: string): boolean {
  return /(^|[=(,:[!&|?{};+*%<>~^-]|\breturn|\btypeof|\bcase)\s*$/.test(before);
}

function regexEnd(text: string, at: number): number {
  let inClass = false;
  let i = at + 1;
  while (i < text.length && text[i] !== '\n' && (inClass || text[i] !== '/')) {
    if (text[i] === '[') inClass = true;
    if (text[i] === ']') inClass = false;
    i += text[i] === '\\' ? 2 : 1;
  }
  return i;
}
