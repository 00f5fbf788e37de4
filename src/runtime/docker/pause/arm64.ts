/** The pause program for arm64 (Arm Architecture Reference Manual, A64; asm-generic/unistd.h of Linux). */
import type { Processor, Step, Syscall } from './program.ts';

const NUMBER: Readonly<Record<Syscall, number>> = {
  rt_sigprocmask: 135,
  rt_sigtimedwait: 137,
  wait4: 260,
  exit_group: 94,
};

/** The register of a call's number, w8. */
const CALL_REGISTER = 8;
const INSTRUCTION_BYTES = 4;
const CONDITION = { equal: 0, greater: 12 } as const;

/** `movz w, #low` and `movk w, #high, lsl #16`: always both. They clear the upper half. */
const move = (register: number, value: number) => [
  0x5280_0000 | ((value & 0xffff) << 5) | register,
  0x72a0_0000 | ((value >>> 16) << 5) | register,
];
const SUPERVISOR_CALL = 0xd400_0001;
/** `cmp w0, #value` */
const compare = (value: number) => 0x7100_001f | (value << 10);

/** The target is told from the instruction itself; `before`: instructions of the step in front of it. */
const offset = (distance: number, bits: number, before = 0) =>
  (distance / INSTRUCTION_BYTES - before) & ((1 << bits) - 1);
const jump = (distance: number) => 0x1400_0000 | offset(distance, 26);
const jumpIf = (condition: number, distance: number) =>
  0x5400_0000 | (offset(distance, 19, 1) << 5) | condition;

function instructions(step: Step, distance: number): readonly number[] {
  switch (step.do) {
    case 'label':
      return [];
    case 'call': {
      const moves = step.args.flatMap((value, register) => move(register, value));
      return [...moves, ...move(CALL_REGISTER, NUMBER[step.call]), SUPERVISOR_CALL];
    }
    case 'jump':
      return [jump(distance)];
    case 'jumpIfEqual':
      return [compare(step.value), jumpIf(CONDITION.equal, distance)];
    case 'jumpIfPositive':
      return [compare(0), jumpIf(CONDITION.greater, distance)];
  }
}

export const ARM64: Processor = {
  machine: 183,
  encode: (step, distance) =>
    instructions(step, distance).flatMap((one) =>
      [one, one >>> 8, one >>> 16, one >>> 24].map((byte) => byte & 0xff),
    ),
};
