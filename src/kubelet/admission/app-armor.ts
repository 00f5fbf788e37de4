/** AppArmor profiles: nothing here can enforce one, as on any node whose kernel has no AppArmor. */
import type { Pod } from '../../api/types.ts';
import { allContainers } from '../pod-spec.ts';
import type { Rejection } from './failure.ts';

/** A pod that asks for a profile is refused (pkg/security/apparmor/validate.go, lifecycle/handlers.go). */
export function appArmorRefusal(pod: Pod): Rejection | undefined {
  const profiles = [pod.spec, ...allContainers(pod)].map(
    ({ securityContext }) => securityContext?.appArmorProfile?.type ?? 'Unconfined',
  );
  if (profiles.every((type) => type === 'Unconfined')) return undefined;
  return { reason: 'AppArmor', message: 'Cannot enforce AppArmor: AppArmor is not enabled on the host' };
}
