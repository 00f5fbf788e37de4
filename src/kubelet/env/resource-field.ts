/** Resources of a container as texts, for `resourceFieldRef`. */
import { mustParseQuantity } from '../../api/quantity/parse.ts';
import { isZero, type Quantity } from '../../api/quantity/quantity.ts';
import { scaledValue } from '../../api/quantity/scale.ts';
import type { Container, Pod } from '../../api/types.ts';
import type { FieldValue } from './field-path.ts';

/** The node's allocatable, which stands in for a limit that is not set: quantities as texts. */
export type Allocatable = Readonly<Record<string, string>>;

/**
 * pkg/api/v1/resource ExtractContainerResourceValue after kubelet_resources.go defaultPodLimitsForDownwardAPI: a
 * limit on cpu or memory that is not set is the pod's own, and without one, like that on ephemeral storage, the
 * node's allocatable; a request that is not set is 0.
 */
export function containerResource(
  pod: Pod,
  container: Container,
  resource: string,
  divisor: string | number | undefined,
  allocatable: Allocatable,
): FieldValue {
  const [kind, ...rest] = resource.split('.');
  const name = rest.join('.');
  const { requests, limits } = container.resources ?? {};
  const known = ['cpu', 'memory', 'ephemeral-storage'].includes(name) || name.startsWith('hugepages-');
  if ((kind !== 'limits' && kind !== 'requests') || !known) {
    return { ok: false, error: `unsupported container resource : ${resource}` };
  }
  const ofPod = name === 'cpu' || name === 'memory' ? pod.spec.resources?.limits?.[name] : undefined;
  const text = kind === 'requests' ? requests?.[name] : (limits?.[name] ?? ofPod ?? allocatable[name]);
  return { ok: true, value: divideUp(String(text ?? 0), divisor, name === 'cpu') };
}

/** The quantity in units of the divisor (1 when it is not given or 0), rounded up. */
export function divideUp(text: string, divisor: string | number | undefined, isCpu = false): string {
  const given = divisor === undefined ? undefined : mustParseQuantity(String(divisor));
  const unit = given && !isZero(given) ? given : mustParseQuantity('1');
  const value = (quantity: Quantity) => scaledValue(quantity, isCpu ? -3 : 0);
  const amount = value(mustParseQuantity(text));
  const by = value(unit);
  return ((amount + by - 1n) / by).toString();
}
