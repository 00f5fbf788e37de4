/** Calls of the host as no compiler makes them: handles, lengths, places and values that are none. */
import { command, imports } from './programs.ts';
import { ABORTED, FINISHED, type HostileCase, hostileSuite } from './suite.ts';

const LATE = '(i64.const -1)';
/** A name of one byte, 0xff, at 512. */
const NOT_UTF8 = '(data (i32.const 512) "\\ff")';
const opened = '(call $preopens (i32.const 64)) (local.set $h (i32.load (i32.load (i32.const 64))))';

const cases: readonly HostileCase[] = [
  {
    name: 'a handle that was never given is dropped',
    program: () => command('(call $drop-out (i32.const 99999))', imports('dropOut')),
    ends: FINISHED,
  },
  {
    name: 'the handle 0 is dropped',
    program: () => command('(call $drop-out (i32.const 0))', imports('dropOut')),
    ends: ABORTED,
  },
  {
    name: 'a negative handle is dropped',
    program: () => command('(call $drop-out (i32.const -1))', imports('dropOut')),
    ends: FINISHED,
  },
  {
    name: 'a handle is dropped twice',
    program: () =>
      command(
        '(local.set $h (call $stdout)) (call $drop-out (local.get $h)) (call $drop-out (local.get $h))',
        imports('stdout', 'dropOut'),
      ),
    ends: ABORTED,
  },
  {
    name: 'a stream is used after it was dropped',
    program: () =>
      command(
        '(local.set $h (call $stdout)) (call $drop-out (local.get $h)) (call $write (local.get $h) (i32.const 0) (i32.const 4) (i32.const 64))',
        imports('stdout', 'dropOut', 'write'),
      ),
    ends: ABORTED,
  },
  {
    name: 'a stream is waited for as if it were a pollable',
    program: () => command('(call $block (call $stdout))', imports('stdout', 'block')),
    ends: ABORTED,
  },
  {
    name: 'a pollable is written to as if it were a stream',
    program: () =>
      command(
        '(call $blocking-write (call $after (i64.const 1)) (i32.const 0) (i32.const 4) (i32.const 64))',
        imports('after', 'blockingWrite'),
      ),
    ends: ABORTED,
  },
  {
    name: 'a stream is dropped while a pollable of it lives',
    program: () =>
      command(
        '(local.set $h (call $stdout)) (local.set $g (call $subscribe-out (local.get $h))) (call $drop-out (local.get $h)) (call $block (local.get $g))',
        imports('stdout', 'subscribeOut', 'dropOut', 'block'),
      ),
    ends: FINISHED,
  },
  {
    name: 'handles are taken without end',
    program: () => command('(loop $l (drop (call $after (i64.const 1))) (br $l))', imports('after')),
    ends: ABORTED,
  },
  {
    name: 'streams are taken without end',
    program: () => command('(loop $l (drop (call $stdout)) (br $l))', imports('stdout')),
    ends: ABORTED,
  },
  {
    name: 'a poll of nothing',
    program: () => command('(call $poll (i32.const 0) (i32.const 0) (i32.const 64))', imports('poll')),
    ends: { ...ABORTED, message: /poll with an empty list/ },
  },
  {
    name: 'a poll of a list outside of the memory',
    program: () => command('(call $poll (i32.const -8) (i32.const 2) (i32.const 64))', imports('poll')),
    ends: { exitCode: 139 },
  },
  {
    name: 'a poll of 2^32-1 pollables',
    program: () => command('(call $poll (i32.const 0) (i32.const -1) (i32.const 64))', imports('poll')),
    ends: { ...ABORTED, message: /larger than 4 MiB/ },
  },
  {
    name: 'a poll of one pollable 10,000 times',
    program: () =>
      command(
        `(local.set $h (call $after (i64.const 1)))
         (loop $l (i32.store (i32.add (i32.const 1024) (i32.mul (local.get $g) (i32.const 4))) (local.get $h))
           (br_if $l (i32.lt_u (local.tee $g (i32.add (local.get $g) (i32.const 1))) (i32.const 10000))))
         (global.set $top (i32.const 131072)) (drop (memory.grow (i32.const 4)))
         (call $poll (i32.const 1024) (i32.const 10000) (i32.const 64))`,
        imports('after', 'poll'),
      ),
    ends: FINISHED,
  },
  {
    name: 'a timer that is due in 584 years',
    program: () => command(`(call $block (call $after ${LATE}))`, imports('after', 'block')),
    ends: 'endless',
  },
  {
    name: 'an instant at the end of time',
    program: () => command(`(call $block (call $at ${LATE}))`, imports('at', 'block')),
    ends: 'endless',
  },
  {
    name: 'a pollable asked without end whether it is ready',
    program: () =>
      command(
        `(local.set $h (call $after ${LATE})) (loop $l (drop (call $ready (local.get $h))) (br $l))`,
        imports('after', 'ready'),
      ),
    ends: 'endless',
  },
  {
    name: 'a read of 2^64-1 bytes',
    program: () => command(`(call $read (call $stdin) ${LATE} (i32.const 64))`, imports('stdin', 'read')),
    ends: FINISHED,
  },
  {
    name: 'a skip of 2^64-1 bytes',
    program: () => command(`(call $skip (call $stdin) ${LATE} (i32.const 64))`, imports('stdin', 'skip')),
    ends: FINISHED,
  },
  {
    name: 'a result that is to lie outside of the memory',
    program: () => command(`(call $read (call $stdin) ${LATE} (i32.const -4))`, imports('stdin', 'read')),
    ends: { exitCode: 139 },
  },
  {
    name: 'a write of four gigabytes',
    program: () =>
      command(
        '(call $write (call $stdout) (i32.const 0) (i32.const -1) (i32.const 64))',
        imports('stdout', 'write'),
      ),
    ends: ABORTED,
  },
  {
    name: 'a write that begins in the memory and ends outside',
    program: () =>
      command(
        '(call $write (call $stdout) (i32.const 65000) (i32.const 1000) (i32.const 64))',
        imports('stdout', 'write'),
      ),
    ends: FINISHED,
  },
  {
    name: 'a write beyond what was allowed',
    program: () =>
      command(
        '(drop (memory.grow (i32.const 40))) (call $write (call $stdout) (i32.const 0) (i32.const 2000000) (i32.const 64))',
        imports('stdout', 'write'),
      ),
    ends: { ...ABORTED, message: /beyond what check-write allowed/ },
  },
  {
    name: 'zeroes beyond what was allowed',
    program: () =>
      command(`(call $zeroes (call $stdout) ${LATE} (i32.const 64))`, imports('stdout', 'zeroes')),
    ends: { ...ABORTED, message: /beyond what check-write allowed/ },
  },
  {
    name: 'a log of 2^64-1 zeroes',
    program: () =>
      command(
        `(call $blocking-zeroes (call $stdout) ${LATE} (i32.const 64))`,
        imports('stdout', 'blockingZeroes'),
      ),
    ends: { ...ABORTED, message: /more zeroes than 4 MiB/ },
  },
  {
    name: 'a splice of 2^64-1 bytes',
    program: () =>
      command(
        `(call $splice (call $stdout) (call $stdin) ${LATE} (i32.const 64))`,
        imports('stdout', 'stdin', 'splice'),
      ),
    ends: FINISHED,
  },
  {
    name: 'random bytes, 2^64-1 of them',
    program: () => command(`(call $random ${LATE} (i32.const 64))`, imports('random')),
    ends: ABORTED,
  },
  {
    name: 'an exit code of more than a byte',
    program: () => command('(call $exit-code (i32.const 1031))', imports('exitCode')),
    ends: ABORTED,
  },
  {
    name: 'an exit with what is no result',
    program: () => command('(call $exit (i32.const 9))', imports('exit')),
    ends: ABORTED,
  },
  {
    name: 'a socket of an address family that there is not',
    program: () => command('(call $tcp (i32.const 7) (i32.const 64))', imports('tcp')),
    ends: ABORTED,
  },
  {
    name: 'advice that there is not',
    program: () =>
      command(
        `${opened} (call $advise (local.get $h) (i64.const 0) (i64.const 0) (i32.const 200) (i32.const 64))`,
        imports('preopens', 'advise'),
      ),
    ends: ABORTED,
  },
  {
    name: 'a path that is no UTF-8',
    program: () =>
      command(
        `${opened} (call $create-directory (local.get $h) (i32.const 512) (i32.const 1) (i32.const 64))`,
        imports('preopens', 'createDirectory'),
        NOT_UTF8,
      ),
    ends: FINISHED,
  },
  {
    name: 'a path of four gigabytes',
    program: () =>
      command(
        `${opened} (call $create-directory (local.get $h) (i32.const 512) (i32.const -1) (i32.const 64))`,
        imports('preopens', 'createDirectory'),
      ),
    ends: ABORTED,
  },
  {
    name: 'flags of which all bits are set',
    program: () =>
      command(
        `${opened} (call $open-at (local.get $h) (i32.const -1) (i32.const 512) (i32.const 1) (i32.const -1) (i32.const -1) (i32.const 64))`,
        imports('preopens', 'openAt'),
      ),
    ends: ABORTED,
  },
  {
    name: 'the arguments asked for without end',
    program: () =>
      command(
        '(loop $l (global.set $top (i32.const 4096)) (call $args (i32.const 64)) (br $l))',
        imports('args'),
      ),
    ends: 'endless',
  },
];

hostileSuite(cases);
