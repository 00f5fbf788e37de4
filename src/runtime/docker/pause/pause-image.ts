/**
 * The image of the sandboxes: made from nothing and imported, so that no registry is needed for it. Its name says what is
 * in it, so a podstep that makes another one makes it beside this.
 */
import { createHash } from 'node:crypto';
import { RuntimeError } from '../../port.ts';
import type { ImageFile } from '../../wasm/image.ts';
import { writeTar } from '../../wasm/images/tar.ts';
import { EngineError, hasStatus } from '../engine/error.ts';
import type { ImageInspect } from '../engine/types.ts';
import type { PullMessage } from '../images/pull-progress.ts';
import type { DockerNode } from '../node.ts';
import { LABEL_OWNER } from '../pods/labels.ts';
import { ARM64 } from './arm64.ts';
import { pauseProgram } from './elf.ts';
import type { Processor } from './program.ts';
import { X86_64 } from './x86-64.ts';

export const PAUSE_REPOSITORY = 'podstep/pause';
/** The image's mark: it is all nodes'. */
export const PAUSE_OWNER = 'pause';

/** By the Engine's word for the machine (`uname -m`). */
const PROCESSORS: Readonly<Record<string, Processor>> = {
  x86_64: X86_64,
  amd64: X86_64,
  aarch64: ARM64,
  arm64: ARM64,
};

/** As Kubernetes' own pause image: nobody's user, and the program alone. */
const CHANGES = ['ENTRYPOINT ["/pause"]', 'USER 65535:65535', `LABEL ${LABEL_OWNER}=${PAUSE_OWNER}`];

/** Imports the image unless it is there. Resolves to its name. @throws RuntimeError for a processor without a program */
export async function ensurePauseImage({
  engine,
  info,
}: Pick<DockerNode, 'engine' | 'info'>): Promise<string> {
  const processor = PROCESSORS[info.Architecture];
  if (processor === undefined) {
    const text = `podstep has no pause program for ${info.Architecture}: name an image for it, such as registry.k8s.io/pause:3.10`;
    throw new RuntimeError('FailedPrecondition', text);
  }
  const content = pauseProgram(processor);
  const tag = createHash('sha256').update(content).update(CHANGES.join('\n')).digest('hex').slice(0, 12);
  const name = `${PAUSE_REPOSITORY}:${tag}`;
  try {
    await engine.call<ImageInspect>('GET', `/images/${name}/json`);
    return name;
  } catch (error) {
    if (!hasStatus(error, 404)) throw error;
  }
  const file: ImageFile = { type: 'file', path: '/pause', mode: 0o755, content };
  const query = { fromSrc: '-', repo: PAUSE_REPOSITORY, tag, changes: CHANGES.join('\n') };
  const tar = await writeTar([file]);
  const answer = engine.lines<PullMessage>('POST', '/images/create', { query, tar });
  for await (const { error } of answer) if (error !== undefined) throw new EngineError(0, error);
  return name;
}

/** True for the image that podstep made, by one of its names. */
export function isPauseImage(name: string): boolean {
  return name.startsWith(`${PAUSE_REPOSITORY}:`);
}
