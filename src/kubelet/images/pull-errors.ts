/** What a failed pull is called: the error that becomes the waiting reason. */
import type { StartError } from '../status/start-error.ts';

/**
 * Two of the runtime's errors have a name of their own, by which their text begins; all others are
 * ErrImagePull (image_manager.go evalCRIPullErr).
 */
export function classifyPullError(image: string, error: string): StartError {
  for (const [reason, because] of NAMED_ERRORS) {
    if (error.startsWith(reason)) {
      const detail = error.slice(reason.length);
      return { reason, message: `image pull failed for ${image} because ${because}${detail}` };
    }
  }
  return { reason: 'ErrImagePull', message: error };
}

const NAMED_ERRORS = [
  ['RegistryUnavailable', 'the registry is unavailable'],
  ['SignatureValidationFailed', 'the signature validation failed'],
] as const;
