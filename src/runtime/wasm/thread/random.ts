/** The guests' randomness: the machine's with wall time, the seed's with virtual time. */
import { randomFillSync } from 'node:crypto';
import { nextUint32, type RandomState, seedRandom } from '../../../lib/random.ts';

export interface GuestRandom {
  bytes(length: number): Uint8Array;
  uint64(): bigint;
}

/** A guest that asks for more at once is in error. */
export const RANDOM_LIMIT_BYTES = 1 << 22;

class MachineRandom implements GuestRandom {
  bytes(length: number): Uint8Array {
    return randomFillSync(new Uint8Array(length));
  }
  uint64(): bigint {
    return Buffer.from(this.bytes(8)).readBigUInt64LE();
  }
}

/** Away from what the engine draws from the same seed. */
const GUEST_STREAM = 0x67;

class SeededRandom implements GuestRandom {
  #state: RandomState;

  constructor(seed: number) {
    this.#state = seedRandom(seed ^ (GUEST_STREAM << 24));
  }

  bytes(length: number): Uint8Array {
    const bytes = new Uint8Array(length);
    for (let at = 0; at < length; at += 4) {
      const word = this.#next();
      for (let i = 0; i < 4 && at + i < length; i++) bytes[at + i] = word >>> (8 * i);
    }
    return bytes;
  }

  uint64(): bigint {
    return (BigInt(this.#next()) << 32n) | BigInt(this.#next());
  }

  #next(): number {
    const [value, state] = nextUint32(this.#state);
    this.#state = state;
    return value;
  }
}

/** The same seed gives the same bytes in virtual time; with wall time they are the machine's. */
export function guestRandom(clock: 'virtual' | 'wall', seed: number): GuestRandom {
  return clock === 'virtual' ? new SeededRandom(seed) : new MachineRandom();
}
