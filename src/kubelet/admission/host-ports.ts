/** Ports of the node that pods ask for: no two may have the same (scheduler/framework/types.go HostPortInfo). */
import type { Pod } from '../../api/types.ts';

interface HostPort {
  readonly ip: string;
  readonly protocol: string;
  readonly port: number;
}

const EVERY_ADDRESS = '0.0.0.0';

/** Those of the containers that run beside each other: init containers only when they are sidecars. */
function hostPortsOf({ spec }: Pod): HostPort[] {
  const sidecars = (spec.initContainers ?? []).filter(({ restartPolicy }) => restartPolicy === 'Always');
  return [...sidecars, ...spec.containers].flatMap(({ ports }) =>
    (ports ?? []).flatMap(({ hostPort = 0, hostIP, protocol }) =>
      hostPort > 0 ? [{ ip: hostIP || EVERY_ADDRESS, protocol: protocol || 'TCP', port: hostPort }] : [],
    ),
  );
}

function conflict(a: HostPort, b: HostPort): boolean {
  const sameAddress = a.ip === b.ip || a.ip === EVERY_ADDRESS || b.ip === EVERY_ADDRESS;
  return a.port === b.port && a.protocol === b.protocol && sameAddress;
}

/** Whether the ports that the pod wants are free (plugins/nodeports Fits). */
export function hostPortsFree(pod: Pod, others: readonly Pod[]): boolean {
  const used = others.flatMap(hostPortsOf);
  return !hostPortsOf(pod).some((wanted) => used.some((one) => conflict(wanted, one)));
}
