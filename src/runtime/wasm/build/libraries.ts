/** C that ships with podstep and is linked with a program that asks for it: what an image.yaml calls `libraries`. */
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { WORKLOADS_DIRECTORY } from '../images/stand-in.ts';
import type { CompileJob } from './compile.ts';
import { readSources } from './folder.ts';

/** Each is a folder of workloads/; `lib` stands below them all. */
export const LIBRARIES = ['serve', 'signals'] as const;
/** The name of one of them. */
export type Library = (typeof LIBRARIES)[number];

/** Where a compiler sees them; no folder of a build is called so. */
const FOLDER = '~podstep';

/** Whether the text names a library. */
export function isLibrary(name: string): name is Library {
  return LIBRARIES.some((library) => library === name);
}

/** The job with the libraries' sources, which make a component of it; the job itself where none is asked for. */
export async function withLibraries(job: CompileJob, libraries: readonly Library[]): Promise<CompileJob> {
  if (libraries.length === 0) return job;
  const units = [...job.units];
  const files = new Map(job.files);
  const folders = ['lib', ...LIBRARIES.filter((library) => libraries.includes(library))];
  for (const folder of folders) {
    for (const [path, text] of await readSources(join(WORKLOADS_DIRECTORY, folder), ['.c', '.h'])) {
      files.set(`${FOLDER}/${folder}/${path}`, text);
      if (path.endsWith('.c')) units.push(`${FOLDER}/${folder}/${path}`);
    }
  }
  const processWit = await readFile(join(WORKLOADS_DIRECTORY, 'wit/process.wit'), 'utf8');
  const includes = folders.map((folder) => `${FOLDER}/${folder}`);
  return { ...job, units, files, includes, component: { processWit } };
}
