/**
 * Memory, counted as the kernel's groups count it: a container's bytes are also its pod's and the node's, and
 * each of the three may run out on its own.
 */

/** A group of processes with a common bound. */
export class MemoryGroup {
  usedBytes = 0;
  #limitBytes: number;
  /** Kills somebody in the group, whose memory is free at once; false when there is nobody left. */
  readonly #makeRoom: () => boolean;

  /** `limitBytes` 0: no bound. */
  constructor(limitBytes: number, makeRoom: () => boolean) {
    this.#limitBytes = boundOf(limitBytes);
    this.#makeRoom = makeRoom;
  }

  /** Lowers or lifts the bound; what is over it is killed, as a write to memory.max does. */
  set limitBytes(bytes: number) {
    this.#limitBytes = boundOf(bytes);
    this.hold(0, () => true);
  }

  /** 0: none. */
  get limitBytes(): number {
    return Number.isFinite(this.#limitBytes) ? this.#limitBytes : 0;
  }

  /** Makes room for `bytes` more while whoever asks `lives`; false when there is none. */
  hold(bytes: number, lives: () => boolean): boolean {
    while (this.usedBytes + bytes > this.#limitBytes) {
      if (!this.#makeRoom() || !lives()) return false;
    }
    return true;
  }
}

const boundOf = (limitBytes: number) => (limitBytes > 0 ? limitBytes : Number.POSITIVE_INFINITY);

/** What somebody holds, in a container's group and in those around it: its processes, or the files they have written. */
export class MemoryAccount {
  /** The container's own group first, then its pod's, then the node's. */
  readonly #groups: readonly MemoryGroup[];
  #heldBytes = 0;
  #open = true;

  constructor(own: MemoryGroup, ...around: readonly MemoryGroup[]) {
    this.#groups = [own, ...around];
  }

  /** Takes `bytes` more; false when a bound forbids it, or whoever asks no longer `lives`: it was killed for one. */
  take(bytes: number, lives: () => boolean = () => true): boolean {
    const goesOn = () => this.#open && lives();
    if (!this.#groups.every((group) => group.hold(bytes, goesOn)) || !goesOn()) return false;
    this.charge(bytes);
    return true;
  }

  free(bytes: number): void {
    if (this.#open) this.charge(-bytes);
  }

  get open(): boolean {
    return this.#open;
  }

  /** Everything at once: the container is dead, though its processes may take a moment to go. */
  close(): void {
    if (!this.#open) return;
    this.#open = false;
    this.charge(-this.#heldBytes);
  }

  /** Counts what is there already, whatever the bounds. */
  charge(bytes: number): void {
    this.#heldBytes += bytes;
    for (const group of this.#groups) group.usedBytes += bytes;
  }
}
