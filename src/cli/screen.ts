/** `podstep` on a terminal: the screen over a fresh node with a first pod, and the lessons' manifests at hand. */
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { PodstepError } from '../lib/errors.ts';
import { manifestFiles } from '../tui/manifests.ts';
import { startScreen } from '../tui/start.tsx';
import type { Io } from './io.ts';
import { loadManifests, manifestErrorsText, warningPlace, warningText } from './manifests.ts';
import type { Opening } from './own-node.ts';
import type { OpenEngine } from './run.ts';

const TUTORIALS = join(fileURLToPath(new URL('../../', import.meta.url)), 'tutorials');
/** Waits for the first step, so that a newcomer has something to step. */
const FIRST_POD = join(TUTORIALS, '01-first-pod', 'pod.yaml');

/** Resolves to the exit code. Throws PodstepError. */
export async function screen(io: Io, open: OpenEngine, options: Opening): Promise<number> {
  const engine = await open({ seed: 1, ...options.node });
  const { runtime: runtimeName = 'wasm' } = { ...options.node };
  const isOurs = ({ runtime }: { readonly runtime: string }) => runtime === runtimeName;
  try {
    const read = async (path: string) => {
      const { objects, errors, warnings } = await loadManifests([path], io);
      if (errors.length > 0) throw new PodstepError('BAD_MANIFEST', manifestErrorsText(errors, io).trimEnd());
      const remarks = warnings.filter(isOurs).map((warning) => ({
        place: warningPlace(warning),
        text: { en: warningText(warning, 'en'), zh: warningText(warning, 'zh') },
      }));
      return { objects, remarks };
    };
    engine.start();
    for (const object of (await read(FIRST_POD)).objects) engine.apply(object);
    const manifests = manifestFiles({ examples: TUTORIALS, workingDirectory: process.cwd(), read });
    const { language, environment, signal } = io;
    const ascii = options.ascii || !hasUnicode(environment);
    return await startScreen({ engine, language, manifests, ascii, environment, signal });
  } finally {
    await engine.close();
  }
}

/** Whether the terminal's character set has more than ASCII, in POSIX' order of variables. */
function hasUnicode(environment: Io['environment']): boolean {
  if (process.platform === 'darwin' || process.platform === 'win32') return true;
  return /utf-?8/i.test(environment.LC_ALL || environment.LC_CTYPE || environment.LANG || '');
}
