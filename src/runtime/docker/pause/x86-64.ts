/** The pause program for x86-64 (Intel's Software Developer's Manual, volume 2; syscall_64.tbl of Linux). */
import type { Processor, Syscall } from './program.ts';

const NUMBER: Readonly<Record<Syscall, number>> = {
  rt_sigprocmask: 14,
  rt_sigtimedwait: 128,
  wait4: 61,
  exit_group: 231,
};

/** `mov r32, imm32` for the registers of a call's arguments: edi, esi, edx, r10d. It clears the upper half. */
const MOVE_ARGUMENT = [[0xbf], [0xbe], [0xba], [0x41, 0xba]];
const MOVE_EAX = 0xb8;
const SYSCALL = [0x0f, 0x05];
const COMPARE_EAX = 0x3d;
const JUMP = [0xe9];
const JUMP_EQUAL = [0x0f, 0x84];
const JUMP_GREATER = [0x0f, 0x8f];

/** Little-endian. */
const word = (value: number) => [value, value >>> 8, value >>> 16, value >>> 24].map((byte) => byte & 0xff);

/** The target is told from the end of the instruction; `before`: bytes of the step in front of it. */
function jump(opcode: readonly number[], distance: number, before = 0): readonly number[] {
  return [...opcode, ...word(distance - before - opcode.length - 4)];
}

export const X86_64: Processor = {
  machine: 62,
  encode(step, distance) {
    switch (step.do) {
      case 'label':
        return [];
      case 'call': {
        const moves = step.args.flatMap((value, index) => [...(MOVE_ARGUMENT[index] ?? []), ...word(value)]);
        return [...moves, MOVE_EAX, ...word(NUMBER[step.call]), ...SYSCALL];
      }
      case 'jump':
        return jump(JUMP, distance);
      case 'jumpIfEqual':
        return [COMPARE_EAX, ...word(step.value), ...jump(JUMP_EQUAL, distance, 5)];
      case 'jumpIfPositive':
        return [COMPARE_EAX, ...word(0), ...jump(JUMP_GREATER, distance, 5)];
    }
  },
};
