/** Core modules of preview 1, which reach the host without the component model between: its pointers and descriptors. */
import { module, preview1 } from './programs.ts';
import {
  ABORTED,
  FINISHED,
  type HostileCase,
  hostileSuite,
  OUT_OF_MEMORY,
  SEGMENTATION_FAULT,
} from './suite.ts';

/** Exits with what the host answers. */
const code = (call: string) => `(call $proc_exit ${call})`;
const errno = (value: number) => ({ exitCode: value });
const BADF = errno(8);
const INVAL = errno(28);
/** One piece at 0: place and length. */
const piece = (at: string, length: string) =>
  `(i32.store (i32.const 0) (i32.const ${at})) (i32.store (i32.const 4) (i32.const ${length}))`;
const open = (at: number, length: number, flags = 0) =>
  `(call $path_open (i32.const 3) (i32.const 1) (i32.const ${at}) (i32.const ${length}) (i32.const ${flags}) (i64.const -1) (i64.const -1) (i32.const 0) (i32.const 32))`;
const withText = (text: string) => `(memory (export "memory") 2) (data (i32.const 512) "${text}")`;

const cases: readonly HostileCase[] = [
  {
    name: 'a list of pieces outside of the memory',
    program: () =>
      preview1(code('(call $fd_write (i32.const 1) (i32.const -8) (i32.const 1) (i32.const 8))')),
    ends: SEGMENTATION_FAULT,
  },
  {
    name: '2^32-1 pieces',
    program: () => preview1(code('(call $fd_read (i32.const 0) (i32.const 0) (i32.const -1) (i32.const 8))')),
    ends: INVAL,
  },
  {
    name: 'a piece of four gigabytes',
    program: () =>
      preview1(
        `${piece('16', '-1')} ${code('(call $fd_write (i32.const 1) (i32.const 0) (i32.const 1) (i32.const 8))')}`,
      ),
    ends: SEGMENTATION_FAULT,
  },
  {
    name: 'a count that is to be written outside of the memory',
    program: () =>
      preview1(
        `${piece('16', '1')} ${code('(call $fd_write (i32.const 1) (i32.const 0) (i32.const 1) (i32.const -2))')}`,
      ),
    ends: SEGMENTATION_FAULT,
  },
  {
    name: 'pieces that lie over the list that names them',
    program: () =>
      preview1(
        `${piece('0', '65536')} ${code('(call $fd_read (i32.const 0) (i32.const 0) (i32.const 1) (i32.const 0))')}`,
      ),
    ends: FINISHED,
  },
  {
    name: 'random bytes beyond the memory',
    program: () => preview1(code('(call $random_get (i32.const 131000) (i32.const 4096))')),
    ends: SEGMENTATION_FAULT,
  },
  {
    name: 'four gigabytes of random bytes',
    program: () => preview1(code('(call $random_get (i32.const 0) (i32.const -1))')),
    ends: INVAL,
  },
  {
    name: 'arguments at the end of the memory',
    program: () => preview1(code('(call $args_get (i32.const 131070) (i32.const 131071))')),
    ends: SEGMENTATION_FAULT,
  },
  {
    name: 'the environment at a negative place',
    program: () => preview1(code('(call $environ_get (i32.const -4) (i32.const 0))')),
    ends: SEGMENTATION_FAULT,
  },
  {
    name: 'a clock that there is not',
    program: () => preview1(code('(call $clock_time_get (i32.const -1) (i64.const 0) (i32.const 8))')),
    ends: INVAL,
  },
  {
    name: 'a poll of nothing',
    program: () =>
      preview1(code('(call $poll_oneoff (i32.const 0) (i32.const 0) (i32.const 0) (i32.const 8))')),
    ends: INVAL,
  },
  {
    name: 'a poll of 2^32-1 subscriptions',
    program: () =>
      preview1(code('(call $poll_oneoff (i32.const 0) (i32.const 0) (i32.const -1) (i32.const 8))')),
    ends: INVAL,
  },
  {
    name: 'a poll whose events would lie outside of the memory',
    program: () =>
      preview1(code('(call $poll_oneoff (i32.const 0) (i32.const -16) (i32.const 1) (i32.const 8))')),
    ends: SEGMENTATION_FAULT,
  },
  {
    name: 'a poll until the end of time',
    program: () =>
      preview1(
        '(i64.store (i32.const 24) (i64.const -1)) (drop (call $poll_oneoff (i32.const 0) (i32.const 128) (i32.const 1) (i32.const 256)))',
      ),
    ends: 'endless',
  },
  {
    name: 'turns given away without end',
    program: () => preview1('(loop $l (drop (call $sched_yield)) (br $l))'),
    ends: 'endless',
  },
  {
    name: 'an exit code of more than a byte',
    program: () => preview1('(call $proc_exit (i32.const 263))'),
    ends: errno(7),
  },
  {
    name: 'all descriptors closed, and then used',
    program: () =>
      preview1(
        `(loop $l (drop (call $fd_close (local.get $i))) (local.set $i (i32.add (local.get $i) (i32.const 1))) (br_if $l (i32.lt_u (local.get $i) (i32.const 9))))
         ${code(open(512, 1))}`,
      ),
    ends: BADF,
  },
  {
    name: 'a descriptor closed twice',
    program: () =>
      preview1(`(drop (call $fd_close (i32.const 1))) ${code('(call $fd_close (i32.const 1))')}`),
    ends: BADF,
  },
  {
    name: 'a negative descriptor',
    program: () => preview1(code('(call $fd_close (i32.const -1))')),
    ends: BADF,
  },
  {
    name: 'the root put in the place of standard input, and read',
    program: () =>
      preview1(
        `(drop (call $fd_renumber (i32.const 3) (i32.const 0))) ${code('(call $fd_read (i32.const 0) (i32.const 0) (i32.const 1) (i32.const 8))')}`,
      ),
    ends: errno(31),
  },
  {
    name: 'a seek to before the beginning',
    program: () =>
      preview1(
        `(drop ${open(512, 5, 1)}) ${code('(call $fd_seek (i32.load (i32.const 32)) (i64.const 0x8000000000000000) (i32.const 1) (i32.const 8))')}`,
        withText('tmp/a'),
      ),
    ends: INVAL,
  },
  {
    name: 'a write at the end of all numbers',
    program: () =>
      preview1(
        `(drop ${open(512, 5, 1)}) ${piece('16', '8')} ${code('(call $fd_pwrite (i32.load (i32.const 32)) (i32.const 0) (i32.const 1) (i64.const -1) (i32.const 8))')}`,
        withText('tmp/a'),
      ),
    ends: INVAL,
  },
  {
    name: 'a file of 2^63 bytes',
    program: () =>
      preview1(
        `(drop ${open(512, 5, 1)}) ${code('(call $fd_filestat_set_size (i32.load (i32.const 32)) (i64.const 0x7fffffffffffffff))')}`,
        withText('tmp/a'),
      ),
    ends: { exitCode: 51 },
  },
  {
    name: 'names of a directory from beyond its end',
    program: () =>
      preview1(
        code('(call $fd_readdir (i32.const 3) (i32.const 0) (i32.const 65536) (i64.const -1) (i32.const 8))'),
      ),
    ends: FINISHED,
  },
  {
    name: 'a path upwards out of the root',
    program: () => preview1(code(open(512, 28)), withText('../../../../../../etc/shadow')),
    ends: errno(44),
  },
  {
    name: 'a path with a zero in it',
    program: () => preview1(code(open(512, 10, 1)), withText('tmp/a\\00/../b')),
    ends: INVAL,
  },
  {
    name: 'a symlink to the host, and through it',
    program: () =>
      preview1(
        `(drop (call $path_symlink (i32.const 512) (i32.const 1) (i32.const 3) (i32.const 520) (i32.const 5)))
         ${code(open(520, 20))}`,
        withText('/.......tmp/x/proc/1/environ'),
      ),
    ends: errno(44),
  },
  {
    name: 'a socket accepted where there are none',
    program: () => preview1(code('(call $sock_accept (i32.const 3) (i32.const 0) (i32.const 8))')),
    ends: errno(57),
  },
  {
    name: 'a module without a memory that asks for its arguments',
    program: () => preview1(code('(call $args_get (i32.const 0) (i32.const 0))'), ''),
    ends: SEGMENTATION_FAULT,
  },
  {
    name: 'a function under the name of the memory',
    program: () => preview1(code('(call $args_get (i32.const 0) (i32.const 0))'), '(func (export "memory"))'),
    ends: ABORTED,
  },
  {
    name: 'a _start that is a number',
    program: () => module('(memory (export "memory") 1) (global (export "_start") i32 (i32.const 1))'),
    ends: ABORTED,
  },
  {
    name: 'a _start that is the host’s',
    program: () =>
      module(
        '(import "wasi_snapshot_preview1" "sched_yield" (func $y (result i32))) (memory (export "memory") 1) (export "_start" (func $y))',
      ),
    ends: FINISHED,
  },
  {
    name: 'a start function that waits until the end of time',
    program: () =>
      preview1(
        '',
        `(memory (export "memory") 2) (start $w)
         (func $w (i64.store (i32.const 24) (i64.const -1)) (drop (call $poll_oneoff (i32.const 0) (i32.const 128) (i32.const 1) (i32.const 256))))`,
      ),
    ends: 'endless',
  },
  {
    name: 'a memory that takes what there is, page by page',
    program: () => preview1('(loop $l (drop (memory.grow (i32.const 1))) (br $l))'),
    ends: OUT_OF_MEMORY,
  },
];

hostileSuite(cases);
