/** The processes of each pod, as the kernel's pids controller counts them: `podPidsLimit` of the kubelet. */

export class PidsGroup {
  /** The sandbox's own process is one. */
  #used = 1;
  limit: number;

  constructor(limit: number) {
    this.limit = limit;
  }

  get hasRoom(): boolean {
    return this.#used < this.limit;
  }

  began(): void {
    this.#used++;
  }

  ended(): void {
    this.#used--;
  }
}

export class NodePids {
  readonly #pods = new Map<string, PidsGroup>();

  /** The most that the pod may have from now on; what runs goes on running. */
  bound(podId: string, limit = Number.POSITIVE_INFINITY): void {
    this.of(podId).limit = limit;
  }

  removePod(podId: string): void {
    this.#pods.delete(podId);
  }

  of(podId: string): PidsGroup {
    const known = this.#pods.get(podId) ?? new PidsGroup(Number.POSITIVE_INFINITY);
    this.#pods.set(podId, known);
    return known;
  }
}
