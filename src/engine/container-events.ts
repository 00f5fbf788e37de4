/** The kubelet's stream of container events: opened when it asks, broken when the runtime goes, one at a time. */
import type { ContainerEvent } from '../api/cri.ts';
import type { RuntimeNotice } from '../machines/events.ts';
import type { RuntimeService } from '../runtime/port.ts';

export class ContainerEventStream {
  readonly #runtime: Pick<RuntimeService, 'getContainerEvents'>;
  readonly #hear: (notice: RuntimeNotice) => void;
  #close: () => void = () => {};

  constructor(runtime: Pick<RuntimeService, 'getContainerEvents'>, hear: (notice: RuntimeNotice) => void) {
    this.#runtime = runtime;
    this.#hear = hear;
  }

  /** In place of the one before. `onNode` says an event in the node's paths. */
  async open(onNode: (event: ContainerEvent) => ContainerEvent): Promise<void> {
    this.close();
    this.#close = await this.#runtime.getContainerEvents(
      (event) => this.#hear({ type: 'ContainerEvent', event: onNode(event) }),
      ({ code, message }) => this.#hear({ type: 'ContainerEventsBroken', error: { code, message } }),
    );
  }

  close(): void {
    this.#close();
    this.#close = () => {};
  }
}
