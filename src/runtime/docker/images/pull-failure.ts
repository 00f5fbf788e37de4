/**
 * What a pull fails with, in the words that a pod's status and events show on a node with Docker Engine: Docker's own,
 * as its client prints them, and those that cri-dockerd makes of them (libdocker/kube_docker_client.go, core/image.go).
 */
import { RuntimeError } from '../../port.ts';
import type { EngineError } from '../engine/error.ts';

/** docker/docker client/request.go checkResponseErr; what comes inside a stream has no such words in front. */
const FROM_DAEMON = 'Error response from daemon: ';

/** A registry that is there and has no time, by what the Engine says of its answer (filterHTTPError). */
const REGISTRY_BUSY =
  /received unexpected HTTP status: 50[234]\b|\b50[234] (?:Bad Gateway|Service Unavailable|Gateway Time-?out)/i;

const WEBASSEMBLY = /application\/(?:vnd\.wasm\.|wasm\b)|\bwasip?\d?\/wasm/;

/** Why Docker does not run it, and what does. */
export const WEBASSEMBLY_ADVICE =
  'the image is a program of WebAssembly, which Docker Engine does not run: use --runtime wasm';

/** The error of a call, or of a line of the stream (status 0), as the kubelet hears of it. */
export function pullFailure({ status, message }: Pick<EngineError, 'status' | 'message'>): RuntimeError {
  const text = status === 0 ? message : `${FROM_DAEMON}${message}`;
  if (status === 400 && message.startsWith('invalid reference format'))
    return new RuntimeError('InvalidArgument', text, { reason: 'InvalidImageName' });
  if (REGISTRY_BUSY.test(message) || status === 503)
    return new RuntimeError('Unknown', `RegistryUnavailable: ${text}`, { reason: 'RegistryUnavailable' });
  const advice = WEBASSEMBLY.test(message) ? `; ${WEBASSEMBLY_ADVICE}` : '';
  return new RuntimeError('Unknown', text + advice, { reason: 'ErrImagePull' });
}
