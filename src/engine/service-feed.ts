/** Brings the cluster's Services to the runtime's network, whenever what is to be said of them has changed. */
import type { ServiceNetwork } from '../api/service-network.ts';
import { concernsServices, serviceNetwork } from '../cluster/services/service-network.ts';
import type { Delta, Store } from '../cluster/store.ts';
import { sameData } from '../lib/same-data.ts';

export class ServiceFeed {
  #due = true;
  #told: ServiceNetwork | undefined;

  /** The store has changed so. */
  note(deltas: readonly Delta[]): void {
    if (!this.#due) this.#due = deltas.some(concernsServices);
  }

  /** What the network has to be told now; undefined when it knows. */
  take(store: Store): ServiceNetwork | undefined {
    if (!this.#due) return undefined;
    this.#due = false;
    const services = serviceNetwork(store);
    if (sameData(services, this.#told)) return undefined;
    this.#told = services;
    return services;
  }
}
