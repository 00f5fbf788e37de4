/** How far from the kernel's OOM killer the Engine may put a process. */
import { RuntimeError } from '../../port.ts';
import type { DockerNode } from '../node.ts';
import { remove } from './found.ts';
import { LABEL_OWNER } from './labels.ts';
import { SANDBOX_OOM_SCORE_ADJ } from './sandbox-body.ts';

/**
 * -1000 with CAP_SYS_RESOURCE, 0 without: the Engine does not say which, and a score that is too low fails the start
 * with words about something else. So it is tried once, with a program that does nothing.
 */
export async function leastOomScoreAdj(
  { engine, owner }: Pick<DockerNode, 'engine' | 'owner'>,
  pauseImage: string,
): Promise<number> {
  const { Id: id } = await engine.call<{ Id: string }>('POST', '/containers/create', {
    json: {
      Image: pauseImage,
      Labels: { [LABEL_OWNER]: owner },
      HostConfig: { NetworkMode: 'none', OomScoreAdj: SANDBOX_OOM_SCORE_ADJ, LogConfig: { Type: 'none' } },
    },
  });
  try {
    await engine.call('POST', `/containers/${id}/start`);
    return -1000;
  } catch (error) {
    if (error instanceof RuntimeError && error.code === 'Unknown') return 0;
    throw error;
  } finally {
    await remove({ engine, owner }, id);
  }
}
