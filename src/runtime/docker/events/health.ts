/** How the Engine is, as the kubelet asks for it each few seconds (cri-dockerd core/docker_service.go Status). */
import { READY } from '../../../api/cri.ts';
import { RuntimeError, type RuntimeService } from '../../port.ts';
import type { EngineClient } from '../engine/client.ts';

/** An Engine that is well answers within milliseconds; one that restarts lets ten seconds pass. */
const ANSWER_MS = 5_000;

/** CRI Status. An Engine that is not there, or does not answer, makes the runtime not ready; it is no failure of the call. */
export function engineStatus(engine: EngineClient): RuntimeService['status'] {
  return async () => {
    try {
      await engine.call('GET', '/version', { timeoutMs: ANSWER_MS });
      return { runtime: READY, network: READY };
    } catch (error) {
      if (!(error instanceof RuntimeError)) throw error;
      const message = `docker: failed to get docker version: ${error.message}`;
      return { runtime: { ready: false, reason: 'DockerDaemonNotReady', message }, network: READY };
    }
  };
}
