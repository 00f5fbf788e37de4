/** Traps and endless work in odd places: start functions, the allocator, between two calls, in exceptions and tables. */
import { component, imports, preview1, RUN } from './programs.ts';
import {
  ABORTED,
  FINISHED,
  type HostileCase,
  hostileSuite,
  OUT_OF_MEMORY,
  SEGMENTATION_FAULT,
} from './suite.ts';

const MEMORY = '(memory (export "memory") 1)';
const run = (body: string) => `(func (export "${RUN}") (result i32) ${body} (i32.const 0))`;
const program = (body: string, more = '') => component(`${more} ${MEMORY} ${run(body)}`);
const allocator = (body: string, more = '') =>
  component(`${imports('random')} ${MEMORY} ${more} ${run('(call $random (i64.const 64) (i32.const 64))')}
    (func $realloc (export "cabi_realloc") (param i32 i32 i32 i32) (result i32) ${body})`);

const cases: readonly HostileCase[] = [
  {
    name: 'a start function that traps',
    program: () => program('', '(func $f unreachable) (start $f)'),
    ends: { ...ABORTED, message: /unreachable/ },
  },
  {
    name: 'a start function that never ends',
    program: () => program('', '(func $f (loop $l (br $l))) (start $f)'),
    ends: ABORTED,
  },
  {
    name: 'a start function that recurses',
    program: () => program('', '(func $f (call $f)) (start $f)'),
    ends: SEGMENTATION_FAULT,
  },
  {
    name: 'a start function that takes all memory',
    program: () =>
      component(
        `${MEMORY} (func $f (loop $l (drop (memory.grow (i32.const 16))) (br $l))) (start $f) ${run('')}`,
      ),
    ends: OUT_OF_MEMORY,
  },
  {
    name: 'an allocator that traps',
    program: () => allocator('unreachable'),
    ends: { ...ABORTED, message: /unreachable/ },
  },
  {
    name: 'an allocator that never comes back',
    program: () => allocator('(loop $l (br $l)) (i32.const 64)'),
    ends: { ...ABORTED, message: /allocator/ },
  },
  {
    name: 'an allocator that recurses',
    program: () => allocator('(call $realloc (local.get 0) (local.get 1) (local.get 2) (local.get 3))'),
    ends: SEGMENTATION_FAULT,
  },
  {
    name: 'an allocator that gives a place outside of the memory',
    program: () => allocator('(i32.const 0xfffffff0)'),
    ends: { exitCode: 139 },
  },
  {
    name: 'an allocator that gives a negative place just before the end',
    program: () => allocator('(i32.const 65535)'),
    ends: { exitCode: 139 },
  },
  {
    name: 'an allocator that gives an odd place',
    program: () => allocator('(i32.const 1025)'),
    ends: FINISHED,
  },
  {
    name: 'an allocator that grows the memory under the host',
    program: () => allocator('(drop (memory.grow (i32.const 1))) (i32.const 66000)'),
    ends: FINISHED,
  },
  {
    name: 'an allocator that takes more memory than there is',
    program: () => allocator('(loop $l (drop (memory.grow (i32.const 100))) (br $l)) (i32.const 64)'),
    ends: OUT_OF_MEMORY,
  },
  {
    name: 'an allocator that calls the host again, and so itself',
    program: () => allocator('(call $random (i64.const 64) (i32.const 64)) (i32.const 1024)'),
    ends: { ...ABORTED, message: /allocator/ },
  },
  {
    name: 'a run that answers what is no result',
    program: () => component(`${MEMORY} (func (export "${RUN}") (result i32) (i32.const 77))`),
    ends: ABORTED,
  },
  {
    name: 'a clean-up after the run that traps',
    program: () =>
      component(`${MEMORY} ${run('')} (func (export "cabi_post_${RUN}") (param i32) unreachable)`),
    ends: ABORTED,
  },
  {
    name: 'endless tail calls',
    program: () => program('(return_call $f)', '(func $f (result i32) (return_call $f))'),
    ends: 'endless',
  },
  {
    name: 'two functions that call each other through a table',
    program: () =>
      program(
        '(call $f)',
        `(type $t (func)) (table 2 funcref) (elem (i32.const 0) $f $g)
         (func $f (call_indirect (type $t) (i32.const 1))) (func $g (call_indirect (type $t) (i32.const 0)))`,
      ),
    ends: SEGMENTATION_FAULT,
  },
  {
    name: 'a call of a function of another type',
    program: () =>
      program(
        '(drop (call_indirect (type $t) (i32.const 0)))',
        '(type $t (func (result i32))) (table 1 funcref) (elem (i32.const 0) $f) (func $f)',
      ),
    ends: SEGMENTATION_FAULT,
  },
  {
    name: 'a call of an empty place in a table',
    program: () => program('(call_indirect (type $t) (i32.const 3))', '(type $t (func)) (table 9 funcref)'),
    ends: SEGMENTATION_FAULT,
  },
  {
    name: 'a call beyond a table',
    program: () => program('(call_indirect (type $t) (i32.const -1))', '(type $t (func)) (table 9 funcref)'),
    ends: SEGMENTATION_FAULT,
  },
  {
    name: 'a call of a null reference',
    program: () => program('(call_ref $t (ref.null $t))', '(type $t (func))'),
    ends: SEGMENTATION_FAULT,
  },
  {
    name: 'a table that is written beyond its end',
    program: () => program('(table.set (i32.const 99) (ref.null func))', '(table 9 funcref)'),
    ends: SEGMENTATION_FAULT,
  },
  {
    name: 'memory from data that was dropped',
    program: () =>
      program(
        '(data.drop $d) (memory.init $d (i32.const 0) (i32.const 0) (i32.const 8))',
        '(data $d "12345678")',
      ),
    ends: SEGMENTATION_FAULT,
  },
  {
    name: 'a copy of four gigabytes',
    program: () => program('(memory.copy (i32.const 1) (i32.const 0) (i32.const -1))'),
    ends: SEGMENTATION_FAULT,
  },
  {
    name: 'endless filling of 32 MiB',
    program: () =>
      program(
        '(drop (memory.grow (i32.const 512))) (loop $l (memory.fill (i32.const 0) (i32.const 1) (i32.const 0x2000000)) (br $l))',
      ),
    ends: 'endless',
  },
  {
    name: 'exceptions thrown and caught without end',
    program: () => preview1('(loop $l (block $b (try_table (catch_all $b) (throw $t))) (br $l))', '(tag $t)'),
    ends: 'endless',
  },
  {
    name: 'an exception that nobody catches',
    program: () => preview1('(throw $t)', '(tag $t)'),
    ends: ABORTED,
  },
  {
    name: 'recursion that catches its own stack overflow, again and again',
    program: () =>
      preview1(
        '(loop $l (block $b (try_table (catch_all $b) (call $f))) (br $l))',
        '(func $f (call $f) (call $f))',
      ),
    ends: SEGMENTATION_FAULT,
  },
  {
    name: 'an exit that it catches',
    program: () =>
      preview1('(loop $l (block $b (try_table (catch_all $b) (call $proc_exit (i32.const 7)))) (br $l))'),
    ends: { exitCode: 7, reason: 'Error' },
  },
  {
    name: 'the largest number divided by minus one',
    program: () =>
      program('(drop (i32.div_s (i32.const 0x80000000) (global.get $g)))', '(global $g i32 (i32.const -1))'),
    ends: { exitCode: 136 },
  },
  {
    name: 'infinity as a whole number',
    program: () => program('(drop (i32.trunc_f64_s (f64.const inf)))'),
    ends: { exitCode: 136 },
  },
  {
    name: 'a memory that grows by four gigabytes and is told no',
    program: () => program('(if (i32.ne (memory.grow (i32.const -1)) (i32.const -1)) (then unreachable))'),
    ends: FINISHED,
  },
  {
    name: 'a memory that begins with four gigabytes',
    program: () => component(`(memory (export "memory") 65536) ${run('')}`),
    ends: OUT_OF_MEMORY,
  },
  {
    name: 'a jump table of 60,000 targets in an endless loop',
    program: () =>
      program(`(loop $l (block $b (br_table ${'$b '.repeat(60_000)} (i32.const 59999))) (br $l))`),
    ends: 'endless',
  },
  {
    name: 'a function with 50,000 variables that calls itself',
    program: () => program('(call $f)', `(func $f (local ${'i64 '.repeat(49_999)}) (call $f))`),
    ends: SEGMENTATION_FAULT,
  },
  {
    name: 'a call tree without a loop',
    program: () =>
      program(
        '(call $f (i32.const 60))',
        `(func $f (param i32) (if (local.get 0) (then
          (call $f (i32.sub (local.get 0) (i32.const 1))) (call $f (i32.sub (local.get 0) (i32.const 1))))))`,
      ),
    ends: 'endless',
  },
];

hostileSuite(cases);
