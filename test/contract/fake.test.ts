import { createFakeRuntime } from '../../src/runtime/fake/runtime.ts';
import type { FakeScript, Program } from '../../src/runtime/fake/script.ts';
import { EXEC, MISSING_IMAGE, PROGRAM } from './setup.ts';
import { runtimeContract } from './suite.ts';

const missing = {
  code: 'Unknown',
  message: 'exec: "/no/such/program": stat /no/such/program: no such file or directory',
} as const;

const exec: Program['exec'] = [
  { command: EXEC.echoes.join(' '), stdout: 'inside\n' },
  { command: EXEC.exits4.join(' '), stderr: 'oops\n', exitCode: 4 },
  { command: EXEC.copies.join(' '), echoes: true },
  { command: EXEC.hangs.join(' '), takesMs: 60_000 },
  { command: PROGRAM.missing.join(' '), fail: missing },
];

const rule = (command: readonly string[], program: Program) => ({
  match: { command: command.join(' ') },
  program: { exec, ...program },
});

/** Behaves as the busybox image does with the contract's programs. */
const script: FakeScript = {
  images: [
    { image: MISSING_IMAGE, pullFails: { code: 'NotFound', message: `failed to pull ${MISSING_IMAGE}` } },
  ],
  containers: [
    rule(PROGRAM.exits3, { output: [{ atMs: 0, text: 'hi' }], exit: { afterMs: 0, code: 3 } }),
    rule(PROGRAM.exits0, { output: [{ atMs: 0, text: 'done' }], exit: { afterMs: 0, code: 0 } }),
    rule(PROGRAM.sleeps30, { exit: { afterMs: 30_000, code: 0 }, onStopSignal: 'ignore' }),
    rule(PROGRAM.obeysTerm, { onStopSignal: { afterMs: 900, code: 143 } }),
    rule(PROGRAM.writesBoth, {
      output: [
        { atMs: 0, text: 'one' },
        { atMs: 0, text: 'two', stream: 'stderr' },
        { atMs: 0, text: 'three' },
      ],
      exit: { afterMs: 600_000, code: 0 },
      onStopSignal: 'ignore',
    }),
    rule(PROGRAM.copies, { echoes: true }),
    rule(PROGRAM.ticks, { output: [{ atMs: 0, text: 'tick', everyMs: 1000 }] }),
    rule(PROGRAM.fills, {
      output: [{ atMs: 0, text: 'filling' }],
      writableLayerBytes: 100 * 1024,
      processes: 3,
      exit: { afterMs: 60_000, code: 0 },
    }),
    rule(PROGRAM.saysWhy, { terminationMessage: 'out of cheese', exit: { afterMs: 0, code: 1 } }),
    rule(PROGRAM.serves, {
      ports: [
        { port: 8080, path: '/', statusCode: 200, body: 'hello\n' },
        { port: 8080, statusCode: 404 },
      ],
    }),
    { match: { command: PROGRAM.missing.join(' ') }, startFails: missing },
  ],
};

runtimeContract('fake', 'virtual', async ({ seed, epochMs }) => createFakeRuntime({ seed, epochMs, script }));
