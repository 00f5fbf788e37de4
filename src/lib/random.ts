/** Seeded randomness as a value: the state goes in, the next state comes out. */

/** Four 32-bit words of xoshiro128**; plain data, so that it fits in a checkpoint. */
export type RandomState = readonly [number, number, number, number];

/** Derives a state from any integer seed (splitmix32, as xoshiro's authors advise). */
export function seedRandom(seed: number): RandomState {
  let a = seed | 0;
  const next = () => {
    a = (a + 0x9e3779b9) | 0;
    let t = a ^ (a >>> 16);
    t = Math.imul(t, 0x21f0aaad);
    t ^= t >>> 15;
    t = Math.imul(t, 0x735a2d97);
    return (t ^ (t >>> 15)) >>> 0;
  };
  return [next(), next(), next(), next()];
}

/** The next 32-bit unsigned integer, and the state after it. */
export function nextUint32(state: RandomState): [value: number, state: RandomState] {
  const [s0, s1, s2, s3] = state;
  const product = Math.imul(s1, 5);
  const value = Math.imul((product << 7) | (product >>> 25), 9) >>> 0;
  const t = s1 << 9;
  const n2 = s2 ^ s0;
  const n3 = s3 ^ s1;
  const n1 = s1 ^ n2;
  const n0 = s0 ^ n3;
  const m2 = n2 ^ t;
  const m3 = (n3 << 11) | (n3 >>> 21);
  return [value, [n0 >>> 0, n1 >>> 0, m2 >>> 0, m3 >>> 0]];
}

/** The next number in [0, 1), and the state after it. */
export function nextFloat(state: RandomState): [value: number, state: RandomState] {
  const [value, after] = nextUint32(state);
  return [value / 0x1_0000_0000, after];
}

/** A random (version 4) UUID drawn from the seed. */
export function nextUuid(state: RandomState): [value: string, state: RandomState] {
  let hex = '';
  let after = state;
  for (let i = 0; i < 4; i++) {
    const [word, next] = nextUint32(after);
    hex += word.toString(16).padStart(8, '0');
    after = next;
  }
  const variant = ((Number.parseInt(hex[16] ?? '0', 16) & 3) | 8).toString(16);
  const uuid = `${hex.slice(0, 8)}-${hex.slice(8, 12)}-4${hex.slice(13, 16)}-${variant}${hex.slice(17, 20)}-${hex.slice(20)}`;
  return [uuid, after];
}
