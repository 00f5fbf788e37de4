/** Preview 1's functions at their bounds; what they do within them is asked by whole programs (../corpus). */
import { beforeEach, expect, test } from 'vitest';
import { preview1Imports } from '../../../../src/runtime/wasm/host/preview1/imports.ts';
import { processOn } from './fake-process.ts';

const PAGES = 40;
const ROOT = 3;
const RIGHTS = { read: 2n, write: 64n };
const ERRNO = { success: 0, badf: 8, inval: 28, mfile: 33, nametoolong: 37, notsock: 57 };

let memory: WebAssembly.Memory;
let call: (name: string, ...values: readonly (number | bigint)[]) => unknown;

beforeEach(() => {
  memory = new WebAssembly.Memory({ initial: PAGES });
  const { functions, bind } = preview1Imports(processOn('memory').process.asProcess);
  bind(memory);
  call = (name, ...values) => (functions[name] as (...values: unknown[]) => unknown)(...values);
});

const u32 = (at: number) => new DataView(memory.buffer).getUint32(at, true);
const put = (at: number, ...values: readonly number[]) =>
  values.forEach((value, index) => {
    new DataView(memory.buffer).setUint32(at + 4 * index, value, true);
  });
function open(name: string, oflags = 1): { errno: unknown; fd: number } {
  new Uint8Array(memory.buffer).set(new TextEncoder().encode(name), 64);
  const errno = call('path_open', ROOT, 0, 64, name.length, oflags, RIGHTS.read | RIGHTS.write, 0n, 0, 32);
  return { errno, fd: u32(32) };
}

test('a call takes at most 1,024 pieces and moves at most a mebibyte', () => {
  const { fd } = open('file');
  put(1024, 65_536, 2 << 20);
  expect(call('fd_pwrite', fd, 1024, 1, 0n, 0)).toBe(ERRNO.success);
  expect(u32(0)).toBe(1 << 20);
  expect(call('fd_pread', fd, 1024, 1025, 0n, 0)).toBe(ERRNO.inval);
  expect(call('fd_pread', fd, 1024, -1, 0n, 0)).toBe(ERRNO.inval);
});

test('a path has at most 4,096 bytes', () => {
  expect(call('path_create_directory', ROOT, 0, 4097)).toBe(ERRNO.nametoolong);
  expect(call('path_create_directory', ROOT, 0, -1)).toBe(ERRNO.nametoolong);
});

test('random bytes come in bounded amounts', () => {
  expect(call('random_get', 0, 65_536)).toBe(ERRNO.success);
  expect(call('random_get', 0, 1 << 30)).toBe(ERRNO.inval);
});

test('a place outside of the memory is no error of WASI’s', () => {
  const end = PAGES * 65_536;
  expect(() => call('random_get', end - 4, 8)).toThrow(RangeError);
  expect(() => call('clock_time_get', 1, 0n, end - 4)).toThrow(RangeError);
  expect(() => call('clock_time_get', 1, 0n, -8)).toThrow(RangeError);
});

test('the table of descriptors has an end, and the lowest free number is the next', () => {
  const { fd } = open('file');
  expect(fd).toBe(4);
  let last = fd;
  while (open('file', 0).errno === ERRNO.success) last = u32(32);
  expect(last).toBe(1023);
  expect(open('file', 0).errno).toBe(ERRNO.mfile);
  expect(call('fd_close', 100)).toBe(ERRNO.success);
  expect(open('file', 0)).toEqual({ errno: ERRNO.success, fd: 100 });
  expect(call('fd_close', 4000)).toBe(ERRNO.badf);
});

test('there are no sockets', () => {
  for (const name of ['sock_accept', 'sock_recv', 'sock_send', 'sock_shutdown'])
    expect(call(name, ROOT, 0, 0)).toBe(ERRNO.notsock);
});
