/** Where the apply dialog finds manifests: the examples that come along, and the person's own files. */
import { readdir, readFile, stat } from 'node:fs/promises';
import { basename, dirname, join, relative, sep } from 'node:path';
import type { KubeObject } from '../api/types.ts';
import type { Language } from '../messages/catalogue.ts';
import type { Choice, Remark } from './model/screen-state.ts';

/** What a file holds, and what in it has no effect here. */
export interface ReadManifests {
  readonly objects: readonly KubeObject[];
  readonly remarks: readonly Remark[];
}

/** What the dialog asks of whoever knows the files. */
export interface Manifests {
  /** Manifests and directories for what was typed; the examples first. */
  complete(text: string, language: Language): Promise<readonly Choice[]>;
  /** Throws `PodstepError` whose message says file:line:column, one problem a line. */
  read(path: string): Promise<ReadManifests>;
}

const MANIFEST = /\.(?:ya?ml|json)$/i;
const CHOICES_LIMIT = 200;
/** Directories deeper than this hold no examples. */
const DEPTH_LIMIT = 4;

async function filesUnder(directory: string, depth = 0): Promise<string[]> {
  const entries = await readdir(directory, { withFileTypes: true });
  const found: string[] = [];
  for (const entry of entries.toSorted((a, b) => (a.name < b.name ? -1 : 1))) {
    const path = join(directory, entry.name);
    if (entry.isDirectory() && depth < DEPTH_LIMIT) found.push(...(await filesUnder(path, depth + 1)));
    else if (MANIFEST.test(entry.name)) found.push(path);
  }
  return found;
}

const HAN = /\p{Script=Han}/u;

/** What a manifest shows: the comment on top, in the language asked for where there is one; else its kinds. */
export function summaryOf(text: string, language: Language): string {
  const head = /^(?:#.*\n)*/.exec(text)?.[0] ?? '';
  const comments = head
    .split('\n')
    .map((line) => line.replace(/^#\s*/, '').trim())
    .filter((line) => line !== '');
  const chosen = comments.find((line) => HAN.test(line) === (language === 'zh')) ?? comments[0];
  if (chosen !== undefined) return chosen;
  return [...text.matchAll(/^kind:\s*(\w+)/gm)].map(([, kind]) => kind).join(', ');
}

/** An example, with its text, so that its summary can be told in either language. */
interface Example {
  readonly path: string;
  readonly text: string;
}

/** Files and directories whose path begins with `text`, as a shell completes them. */
async function completePath(text: string, workingDirectory: string): Promise<Choice[]> {
  const typedDirectory = text.endsWith('/') ? text : text === '' ? '' : `${dirname(text)}/`;
  const prefix = text.endsWith('/') ? '' : basename(text);
  const shownDirectory = typedDirectory === './' && !text.startsWith('./') ? '' : typedDirectory;
  const absolute = text.startsWith('/') ? typedDirectory : join(workingDirectory, typedDirectory);
  const entries = await readdir(absolute, { withFileTypes: true });
  return entries
    .filter(({ name }) => name.startsWith(prefix) && (prefix.startsWith('.') || !name.startsWith('.')))
    .filter((entry) => entry.isDirectory() || MANIFEST.test(entry.name))
    .toSorted((a, b) => (a.name < b.name ? -1 : 1))
    .map((entry) => ({
      path: `${shownDirectory}${entry.name}${entry.isDirectory() ? '/' : ''}`,
      directory: entry.isDirectory(),
      summary: '',
    }));
}

/** A directory that cannot be read has no completions; reading the file will say what is wrong. */
async function orNone<T>(found: Promise<readonly T[]>): Promise<readonly T[]> {
  try {
    return await found;
  } catch (error) {
    if (error instanceof Error && 'code' in error) return [];
    throw error;
  }
}

/**
 * The manifests of this machine.
 * @param options.examples a directory with manifests; shown by their paths in it
 * @param options.read reads and checks one file, as `podstep run` does
 */
export function manifestFiles(options: {
  readonly examples: string;
  readonly workingDirectory: string;
  readonly read: Manifests['read'];
}): Manifests {
  const shownName = (path: string) => relative(options.examples, path).split(sep).join('/');
  let examples: Promise<readonly Example[]> | undefined;
  const load = async () => {
    const paths = await filesUnder(options.examples);
    return Promise.all(
      paths.map(async (path) => ({ path: shownName(path), text: await readFile(path, 'utf8') })),
    );
  };
  const all = () => {
    examples ??= orNone(load());
    return examples;
  };
  return {
    async complete(text, language) {
      const known = (await all())
        .filter(({ path }) => path.includes(text))
        .map((example) => ({
          path: example.path,
          directory: false,
          summary: summaryOf(example.text, language),
        }));
      const own = text === '' ? [] : await orNone(completePath(text, options.workingDirectory));
      return [...known, ...own].slice(0, CHOICES_LIMIT);
    },
    async read(path) {
      const isExample = (await all()).some((choice) => choice.path === path);
      const own = join(options.workingDirectory, path);
      const exists = await stat(path.startsWith('/') ? path : own).catch(() => undefined);
      return options.read(isExample && !exists ? join(options.examples, path) : path);
    },
  };
}
