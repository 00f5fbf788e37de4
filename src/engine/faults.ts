/** Troubles that come from outside: what a lesson or a test does to the node, behind the kubelet's back. */
import type { KubeletEventBody } from '../machines/events.ts';
import type { FaultyRuntime } from '../runtime/port.ts';
import type { Objects } from './objects.ts';
import type { Faults } from './types.ts';

/** `onDeed` hears of everything that changes what comes next, and of what the kubelet is told at once. */
export function faultsOf(
  { faults }: FaultyRuntime,
  objects: Objects,
  onDeed: (event?: KubeletEventBody) => void,
): Faults {
  const outside = async (deed: Promise<void>) => {
    onDeed();
    await deed;
  };
  return {
    setApiServerReachable: (reachable) => objects.setReachable(reachable),
    setPodCondition: (...asked) => objects.setPodCondition(...asked),
    shutdownNode: (requested) =>
      onDeed({ type: requested ? 'NodeShutdownRequested' : 'NodeShutdownCancelled' }),
    setHealth: (health) => faults.setHealth(health),
    setNetworkReady: (ready) => faults.setNetworkReady(ready),
    setHanging: (call, hanging) => faults.setHanging(call, hanging),
    failNext: (call, error) => faults.failNext(call, error),
    killContainer: (id) => outside(faults.killContainer(id)),
    removeContainer: (id) => outside(faults.removeContainer(id)),
    crashRuntime: () => outside(faults.crashRuntime()),
    stopSandbox: (id) => outside(faults.stopSandbox(id)),
  };
}
