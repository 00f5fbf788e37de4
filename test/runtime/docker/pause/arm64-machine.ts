/** A machine that runs the few instructions of arm64 that the pause program is made of; anything else is an error. */

export interface Call {
  readonly number: number;
  readonly args: readonly number[];
}

/** What an exit ends with. */
class Exited extends Error {}

/** Runs the ELF file until `kernel` returns undefined for a call. Returns all calls, in order. */
export function runArm64(file: Uint8Array, kernel: (call: Call) => number | undefined): readonly Call[] {
  const view = new DataView(file.buffer, file.byteOffset, file.length);
  const base = Number(view.getBigUint64(80, true));
  const calls: Call[] = [];
  const registers = new Array<number>(31).fill(0);
  let at = Number(view.getBigUint64(24, true)) - base;
  /** What was compared: the register less the value. */
  let difference = 0;

  const signed = (value: number, bits: number) => (value << (32 - bits)) >> (32 - bits);
  const step = () => {
    const one = view.getUint32(at, true);
    const register = one & 31;
    const high = one >>> 16;
    let next = at + 4;
    if (one >>> 21 === 0x5280_0000 >>> 21) registers[register] = (one >>> 5) & 0xffff;
    else if (one >>> 21 === 0x72a0_0000 >>> 21)
      registers[register] = (((one >>> 5) & 0xffff) << 16) | ((registers[register] ?? 0) & 0xffff);
    else if (one >>> 22 === 0x7100_0000 >>> 22 && register === 31)
      difference = ((registers[(one >>> 5) & 31] ?? 0) | 0) - ((one >>> 10) & 0xfff);
    else if (one >>> 26 === 0x05) next = at + signed(one & 0x3ff_ffff, 26) * 4;
    else if (one >>> 24 === 0x54) {
      const holds = register === 0 ? difference === 0 : register === 12 && difference > 0;
      if (holds) next = at + signed((one >>> 5) & 0x7_ffff, 19) * 4;
    } else if (one === 0xd400_0001) {
      const call = { number: registers[8] ?? 0, args: registers.slice(0, 4).map((value) => value >>> 0) };
      calls.push(call);
      const answer = kernel(call);
      if (answer === undefined) throw new Exited();
      registers[0] = answer;
    } else throw new Error(`no such instruction here: ${one.toString(16)} (${high.toString(16)})`);
    at = next;
  };

  for (let steps = 0; steps < 10_000; steps++) {
    try {
      step();
    } catch (error) {
      if (error instanceof Exited) return calls;
      throw error;
    }
  }
  throw new Error('it does not end');
}
