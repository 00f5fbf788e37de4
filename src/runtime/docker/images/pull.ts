/** One pull by the Engine: asked with the credentials, followed to its end. */
import type { AuthConfig } from '../../../api/cri.ts';
import { parseImageName } from '../../../api/image-name.ts';
import { type PullProgress, RuntimeError } from '../../port.ts';
import type { EngineClient } from '../engine/client.ts';
import { EngineError } from '../engine/error.ts';
import { pullFailure } from './pull-failure.ts';
import { type PullMessage, PullMeter } from './pull-progress.ts';
import { registryAuth } from './registry-auth.ts';

/** Without any progress for so long a pull is given up (cri-dockerd --image-pull-progress-deadline). */
const PROGRESS_DEADLINE_MS = 60_000;

interface PullOptions {
  readonly auth: AuthConfig | undefined;
  readonly onProgress: (progress: Omit<PullProgress, 'image'>) => void;
}

/** Resolves when the image is there. @throws RuntimeError in Docker's words, its reason a waiting reason of the kubelet */
export async function pull(
  engine: EngineClient,
  image: string,
  { auth, onProgress }: PullOptions,
): Promise<void> {
  const meter = new PullMeter();
  onProgress(meter.progress);
  const idle = new AbortController();
  const giveUp = () => idle.abort();
  let deadline = setTimeout(giveUp, PROGRESS_DEADLINE_MS);
  try {
    const lines = engine.lines<PullMessage>('POST', '/images/create', {
      query: queryOf(image),
      headers: registryAuth(auth),
      signal: idle.signal,
    });
    for await (const message of lines) {
      const error = message.errorDetail?.message ?? message.error;
      if (error !== undefined) throw new EngineError(0, error);
      clearTimeout(deadline);
      deadline = setTimeout(giveUp, PROGRESS_DEADLINE_MS);
      if (meter.hear(message)) onProgress(meter.progress);
    }
    onProgress(meter.finish());
  } catch (error) {
    if (idle.signal.aborted) {
      const text = `context canceled: no progress for ${PROGRESS_DEADLINE_MS / 1_000} s`;
      throw new RuntimeError('Unknown', text, { reason: 'ErrImagePull', cause: error });
    }
    throw error instanceof EngineError ? pullFailure(error) : error;
  } finally {
    clearTimeout(deadline);
  }
}

/** A name without a tag would bring all images of the repository. */
function queryOf(image: string): { readonly fromImage: string; readonly tag: string } {
  const parsed = parseImageName(image);
  if (!parsed.ok) throw new RuntimeError('InvalidArgument', parsed.error, { reason: 'InvalidImageName' });
  const { repository, tag, digest } = parsed.name;
  return { fromImage: repository, tag: digest || tag };
}
