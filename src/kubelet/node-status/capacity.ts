/**
 * What the node has, and what of it pods may have: the rest is kept for the system, for the kubelet, and for
 * the moment when an eviction begins. Follows pkg/kubelet/nodestatus/setters.go MachineInfo and
 * pkg/kubelet/cm/node_container_manager_linux.go GetNodeAllocatableReservation.
 */
import { amountOf, parsePercentage } from '../../api/eviction/thresholds.ts';
import { formatQuantity } from '../../api/quantity/format.ts';
import { mustParseQuantity } from '../../api/quantity/parse.ts';
import { add, type Quantity, quantity, subtract, ZERO } from '../../api/quantity/quantity.ts';
import { quantityValue } from '../../api/quantity/scale.ts';
import type { MachineInfo } from '../node-config.ts';

/** Resource names with quantities as text. */
export type Resources = Readonly<Record<string, string>>;

/** The settings that decide what is kept back. */
export interface Reservations {
  readonly systemReserved: Resources;
  readonly kubeReserved: Resources;
  /** Signals with a quantity or a percentage: `memory.available`, `nodefs.available`. */
  readonly evictionHard: Resources;
}

/** The node's capacity. A WASM node has no huge pages; the kubelet lists their sizes all the same. */
export function capacityOf(machine: MachineInfo): Resources {
  const bytes = (count: number) => formatQuantity(quantity(count, 0, 'BinarySI'));
  return {
    cpu: formatQuantity(quantity(machine.cpuMilli, -3)),
    'ephemeral-storage': bytes(machine.ephemeralStorageBytes),
    'hugepages-1Gi': '0',
    'hugepages-2Mi': '0',
    memory: bytes(machine.memoryBytes),
    pods: String(machine.maxPods),
  };
}

/** What pods may have of the capacity; never less than nothing. */
export function allocatableOf(capacity: Resources, reservations: Reservations): Resources {
  return Object.fromEntries(
    Object.entries(capacity).map(([resource, text]) => {
      const all = mustParseQuantity(text);
      const left = subtract(all, reservedOf(resource, all, reservations));
      return [resource, formatQuantity(left.unscaled < 0n ? { ...ZERO, format: all.format } : left)];
    }),
  );
}

/** The signals whose thresholds count against a resource (hardEvictionReservation). */
const SIGNALS: Resources = { memory: 'memory.available', 'ephemeral-storage': 'nodefs.available' };

function reservedOf(resource: string, all: Quantity, reservations: Reservations): Quantity {
  const { systemReserved, kubeReserved, evictionHard } = reservations;
  const signal = SIGNALS[resource];
  const amounts = [systemReserved[resource], kubeReserved[resource]].map((text) =>
    mustParseQuantity(text ?? '0'),
  );
  const threshold = signal === undefined ? undefined : evictionHard[signal];
  if (threshold !== undefined) amounts.push(thresholdOf(threshold, all));
  return amounts.reduce(add, ZERO);
}

/** What a threshold comes to; a percentage is a 32-bit number, so 10 % of 100Gi is 160 bytes more than 10Gi. */
function thresholdOf(threshold: string, all: Quantity): Quantity {
  if (!threshold.endsWith('%')) return mustParseQuantity(threshold);
  const percentage = parsePercentage(threshold);
  return percentage.ok ? amountOf({ percentage: percentage.value }, quantityValue(all)) : ZERO;
}
