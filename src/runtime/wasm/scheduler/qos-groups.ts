/**
 * The groups between the node and its pods (pkg/kubelet/cm/qos_container_manager_linux.go): Burstable pods are in
 * one that weighs what they request together, BestEffort pods in one that weighs least; Guaranteed pods are in none,
 * so each stands beside those two with its own requests. The real kubelet writes their shares, each minute and when
 * pods come and go; here they follow at once.
 */
import type { QosClass } from '../../../api/types.ts';
import { CpuGroup, LEAST_SHARES } from './cpu-group.ts';

const NOTHING_REQUESTED = { cpuShares: LEAST_SHARES, cpuQuota: 0, cpuPeriod: 0 };

export class QosGroups {
  readonly #burstable: CpuGroup;
  readonly #bestEffort: CpuGroup;
  /** Of the Burstable pods, what they request. */
  readonly #requested = new Map<CpuGroup, number>();

  constructor(nowNs: number) {
    this.#burstable = new CpuGroup(NOTHING_REQUESTED, nowNs);
    this.#bestEffort = new CpuGroup(NOTHING_REQUESTED, nowNs);
  }

  /** The group around a pod's of this class, if there is one. */
  around(qosClass: QosClass | undefined): CpuGroup | undefined {
    switch (qosClass) {
      case 'Burstable':
        return this.#burstable;
      case 'BestEffort':
        return this.#bestEffort;
      case 'Guaranteed':
      case undefined:
        return undefined;
    }
  }

  /** The pod has these shares from now on. */
  count(pod: CpuGroup, cpuShares: number): void {
    if (pod.parent !== this.#burstable) return;
    // Who requests nothing has the least shares all the same.
    this.#requested.set(pod, cpuShares > LEAST_SHARES ? cpuShares : 0);
    this.#weigh();
  }

  forget(pod: CpuGroup): void {
    if (this.#requested.delete(pod)) this.#weigh();
  }

  #weigh(): void {
    const cpuShares = [...this.#requested.values()].reduce((sum, shares) => sum + shares, 0);
    this.#burstable.weigh(cpuShares);
  }
}
