/** The Docker Engine of this machine, for suites that need a real one; and a busybox for it that needs no registry. */
import { existsSync, readFileSync } from 'node:fs';
import { describe } from 'vitest';
import { engineAddress } from '../../../src/runtime/docker/engine/address.ts';
import { EngineClient } from '../../../src/runtime/docker/engine/client.ts';
import type { ImageFile } from '../../../src/runtime/wasm/image.ts';
import { writeTar } from '../../../src/runtime/wasm/images/tar.ts';

const BUSYBOX = '/bin/busybox';
const APPLETS = [
  'sh',
  'echo',
  'cat',
  'sleep',
  'head',
  'tail',
  'dd',
  'seq',
  'tr',
  'true',
  'kill',
  'httpd',
  'mkdir',
  'rm',
];

/** Why the suites that need it are skipped; undefined when it is here. CI installs it (.ci/run). */
export const MISSING: string | undefined = await (async () => {
  if (!existsSync(BUSYBOX)) return `${BUSYBOX} is not there (apt-get install busybox-static)`;
  try {
    await EngineClient.connect(engineAddress(process.env), 2_000);
    return undefined;
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
})();

/** A suite that needs it; where it is missing, the reason stands in the title of what is skipped. */
export function describeDocker(title: string, suite: () => void): void {
  if (MISSING === undefined) describe(title, suite);
  else describe.skip(`${title}: ${MISSING}`, suite);
}

export function connect(): Promise<EngineClient> {
  return EngineClient.connect(engineAddress(process.env));
}

/** Imports a busybox under this name, `extra` beside it: another image for another text. */
export async function importBusybox(engine: EngineClient, name: string, extra = ''): Promise<void> {
  const [repo = '', tag = ''] = name.split(/:(?=[^:/]*$)/);
  const files: ImageFile[] = [
    { type: 'directory', path: '/bin', mode: 0o755 },
    { type: 'directory', path: '/tmp', mode: 0o1777 },
    { type: 'file', path: '/bin/busybox', mode: 0o755, content: readFileSync(BUSYBOX) },
    ...APPLETS.map((applet) => ({ type: 'symlink', path: `/bin/${applet}`, target: 'busybox' }) as const),
    { type: 'file', path: '/extra', mode: 0o644, content: Buffer.from(extra) },
  ];
  const query = { fromSrc: '-', repo, tag, changes: 'CMD ["sh"]\nENV PATH=/bin' };
  for await (const { error } of engine.lines<{ error?: string }>('POST', '/images/create', {
    query,
    tar: await writeTar(files),
  }))
    if (error !== undefined) throw new Error(error);
}

/** Waits until it holds, looking every few milliseconds. */
export async function until(
  what: string,
  holds: () => boolean | Promise<boolean>,
  limitMs = 20_000,
): Promise<void> {
  const giveUpAtMs = performance.now() + limitMs;
  while (!(await holds())) {
    if (performance.now() > giveUpAtMs) throw new Error(`did not happen within ${limitMs} ms: ${what}`);
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
}
