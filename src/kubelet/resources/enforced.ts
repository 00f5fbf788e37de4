/** What the kernel enforces of a container's resources, read back into the API's amounts. */
import type { LinuxContainerResources } from '../../api/cri.ts';
import { formatQuantity } from '../../api/quantity/format.ts';
import { mustParseQuantity } from '../../api/quantity/parse.ts';
import { quantity } from '../../api/quantity/quantity.ts';
import { quantityMilliValue, quantityValue } from '../../api/quantity/scale.ts';
import { milliCpuToQuota, milliCpuToShares } from './linux.ts';

export type AmountName = 'cpu' | 'memory';

interface Enforced {
  readonly limits: { readonly cpu: number | undefined; readonly memory: number | undefined };
  readonly requests: { readonly cpu: number | undefined };
}

/** Thousandths of a CPU and bytes; undefined where nothing is enforced (toKubeContainerResources). */
export function enforcedAmounts(actual: LinuxContainerResources): Enforced {
  const { cpuQuota, cpuPeriod, cpuShares, memoryLimitBytes } = actual;
  return {
    limits: {
      cpu: cpuQuota > 0 && cpuPeriod > 0 ? Math.trunc((cpuQuota * 1000) / cpuPeriod) : undefined,
      memory: memoryLimitBytes > 0 ? memoryLimitBytes : undefined,
    },
    requests: { cpu: cpuShares > 2 ? Math.ceil((cpuShares * 1000) / 1024) : undefined },
  };
}

/** Whether `text` of the API comes to the enforced amount: the kernel's units are coarser than the API's. */
export function isEnforced(
  name: AmountName,
  list: 'limits' | 'requests',
  text: string,
  amount: number,
): boolean {
  const wanted = mustParseQuantity(text);
  if (name === 'memory') return quantityValue(wanted) === amount;
  const toKernel = list === 'limits' ? milliCpuToQuota : milliCpuToShares;
  return toKernel(quantityMilliValue(wanted)) === toKernel(amount);
}

export function formatAmount(name: AmountName, amount: number): string {
  return formatQuantity(name === 'cpu' ? quantity(amount, -3) : quantity(amount, 0, 'BinarySI'));
}
