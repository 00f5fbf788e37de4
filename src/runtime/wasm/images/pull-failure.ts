/** A pull that failed, as the kubelet hears of it. */
import { parseImageName } from '../../../api/image-name.ts';
import { RuntimeError, type RuntimeErrorCode } from '../../port.ts';
import { NotFound } from '../registry/registry-error.ts';
import { canonicalName } from './reference.ts';

/** In the words of containerd's CRI, which is what a pod's events and status show on most clusters. */
export function asPullFailure(image: string, error: unknown): RuntimeError {
  const parsed = parseImageName(image);
  const name = parsed.ok ? canonicalName(parsed.name) : image;
  const cause = error instanceof Error ? error : new Error(String(error));
  const reason = (error instanceof RuntimeError ? error.reason : undefined) ?? 'ErrImagePull';
  return new RuntimeError(codeOf(cause), `failed to pull and unpack image "${name}": ${cause.message}`, {
    cause,
    reason,
  });
}

/** What gRPC would say of it. */
export function codeOf(error: Error): RuntimeErrorCode {
  if (error instanceof RuntimeError) return error.code;
  return error instanceof NotFound ? 'NotFound' : 'Unknown';
}
