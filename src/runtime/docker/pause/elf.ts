/** The pause program as a file that Linux runs: one segment, no libraries (ELF-64 object file format, System V ABI). */
import { assemble, type Processor, SIGNAL_SET, SIGNAL_SET_BYTES } from './program.ts';

const FILE_HEADER_BYTES = 64;
const PROGRAM_HEADER_BYTES = 56;
/** Where the file lies in memory. */
const BASE = 0x40_0000;
/** The largest pages that a kernel for arm64 has. */
const PAGE_BYTES = 0x1_0000;
const SIGNAL_SET_AT = FILE_HEADER_BYTES + PROGRAM_HEADER_BYTES;
const CODE_AT = SIGNAL_SET_AT + SIGNAL_SET_BYTES;

const ET_EXEC = 2;
const PT_LOAD = 1;
const READ_AND_EXECUTE = 5;

/** The whole file: headers, the signals that it waits for, the code. */
export function pauseProgram(processor: Processor): Uint8Array {
  const code = assemble(processor, BASE + SIGNAL_SET_AT);
  const file = new Uint8Array(CODE_AT + code.length);
  const view = new DataView(file.buffer);
  const u16 = (at: number, value: number) => view.setUint16(at, value, true);
  const u32 = (at: number, value: number) => view.setUint32(at, value, true);
  const u64 = (at: number, value: number) => view.setBigUint64(at, BigInt(value), true);
  // e_ident: the magic, 64 bits, little-endian, version 1.
  file.set([0x7f, 0x45, 0x4c, 0x46, 2, 1, 1]);
  u16(16, ET_EXEC);
  u16(18, processor.machine);
  u32(20, 1);
  u64(24, BASE + CODE_AT);
  u64(32, FILE_HEADER_BYTES);
  u16(52, FILE_HEADER_BYTES);
  u16(54, PROGRAM_HEADER_BYTES);
  u16(56, 1);
  u32(64, PT_LOAD);
  u32(68, READ_AND_EXECUTE);
  u64(80, BASE);
  u64(88, BASE);
  u64(96, file.length);
  u64(104, file.length);
  u64(112, PAGE_BYTES);
  u64(SIGNAL_SET_AT, SIGNAL_SET);
  file.set(code, CODE_AT);
  return file;
}
