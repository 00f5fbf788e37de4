/** `runAsNonRoot`: a container that would run as root is not created. */
import type { Container, Pod } from '../../api/types.ts';
import { formatPod } from '../events/texts.ts';

/**
 * Why the container may not be created; undefined when it may (kuberuntime/security_context_others.go
 * verifyRunAsNonRoot). An image that names no user runs as root, and the stand-ins name none.
 */
export function runAsNonRootError(pod: Pod, container: Container): string | undefined {
  const own = container.securityContext;
  const shared = pod.spec.securityContext;
  if ((own?.runAsNonRoot ?? shared?.runAsNonRoot) !== true) return undefined;
  const user = own?.runAsUser ?? shared?.runAsUser;
  const where = `(pod: "${formatPod(pod)}", container: ${container.name})`;
  if (user === undefined) return `container has runAsNonRoot and image will run as root ${where}`;
  return Number(user) === 0 ? `container's runAsUser breaks non-root policy ${where}` : undefined;
}
