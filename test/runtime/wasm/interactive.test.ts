/** A person at a shell: what is typed, what is seen, and what the keys do, with busybox' stand-in. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { present } from '../../../src/lib/assert.ts';
import type { StreamSession } from '../../../src/runtime/sessions.ts';
import { openImageStore } from '../../../src/runtime/wasm/images/store.ts';
import { createWasmRuntime } from '../../../src/runtime/wasm/runtime.ts';
import { Bench, containerConfig, PROGRAM, sandboxConfig } from '../../contract/setup.ts';

const directory = mkdtempSync(join(tmpdir(), 'podstep-interactive-'));
let bench: Bench;
beforeAll(async () => {
  bench = await Bench.open(async ({ seed, epochMs }) =>
    createWasmRuntime({ clock: 'virtual', seed, epochMs, images: await openImageStore({ directory }) }),
  );
}, 120_000);
afterAll(async () => {
  await bench.close();
  rmSync(directory, { recursive: true, force: true });
});

/** One who types and looks. */
class Person {
  readonly session: StreamSession;
  screen = '';

  constructor(session: StreamSession) {
    this.session = session;
    const look = async () => {
      const decoder = new TextDecoder();
      for await (const bytes of session.stdout) this.screen += decoder.decode(bytes, { stream: true });
    };
    look().catch(() => {});
  }

  async type(keys: string): Promise<void> {
    await bench.settle(present(this.session.stdin, 'input').write(Buffer.from(keys)));
  }

  /** Waits until the screen ends so, gives all of it and wipes it. */
  async sees(end: string): Promise<string> {
    await bench
      .until(() => this.screen.endsWith(end), `the screen ends with ${JSON.stringify(end)}`)
      .catch((e) => {
        throw new Error(`${e.message}; it is ${JSON.stringify(this.screen)}`);
      });
    const { screen } = this;
    this.screen = '';
    return screen;
  }

  ended() {
    return bench.settle(this.session.ended);
  }
}

async function shell(command: readonly string[] = ['sh']): Promise<Person> {
  const { id } = await bench.running('app', PROGRAM.ticks);
  const { runtimeService } = bench.runtime;
  return new Person(await bench.settle(runtimeService.exec(id, { command, tty: true, stdin: true })));
}

test('a shell prompts, runs what is typed and ends with the code of exit', async () => {
  const person = await shell();
  expect(await person.sees('/ # ')).toBe('/ # ');
  await person.type('echo hi; cd /tmp\r');
  expect(await person.sees('/tmp # ')).toBe('echo hi; cd /tmp\r\nhi\r\n/tmp # ');
  await person.type('exit 3\r');
  expect(await person.ended()).toEqual({ type: 'exited', exitCode: 3 });
});

test('^D at the prompt ends the shell with the last status', async () => {
  const person = await shell();
  await person.type('false\r');
  await person.sees('/ # ');
  await person.type('\x04');
  expect(await person.ended()).toEqual({ type: 'exited', exitCode: 1 });
});

test('what is not finished gets the second prompt', async () => {
  const person = await shell();
  await person.type('for i in 1 2\r');
  await person.sees('> ');
  await person.type('do echo "n$i"; done\r');
  expect(await person.sees('/ # ')).toContain('\r\nn1\r\nn2\r\n/ # ');
  await person.type('cat <<EOF\r');
  await person.sees('> ');
  await person.type('line\r');
  await person.sees('> ');
  await person.type('EOF\r');
  expect(await person.sees('/ # ')).toContain('\r\nline\r\n/ # ');
});

test('^C ends what runs in the foreground, and the shell lives on', async () => {
  const person = await shell();
  await person.type('sleep 500\r');
  await bench.pass(1000);
  await person.type('\x03');
  expect(await person.sees('/ # ')).toContain('^C\r\n/ # ');
  await person.type('echo $?\r');
  expect(await person.sees('/ # ')).toContain('\r\n130\r\n');
  await person.type('while true; do sleep 1; done\r');
  await bench.pass(3000);
  await person.type('\x03');
  await person.sees('^C\r\n/ # ');
  await person.type('sleep 300 | cat\r');
  await bench.pass(1000);
  await person.type('\x03');
  await person.sees('^C\r\n/ # ');
});

test('^C at the prompt gives up the line and spares the jobs in the background', async () => {
  const person = await shell();
  await person.type('sleep 500 &\r');
  await person.sees('/ # ');
  await person.type('never\x03');
  expect(await person.sees('/ # ')).toBe('never^C\r\n/ # ');
  await person.type('kill -0 $! && echo lives\r');
  expect(await person.sees('/ # ')).toContain('\r\nlives\r\n');
});

test('a mistake does not end an interactive shell', async () => {
  const person = await shell();
  await person.type('echo )\r');
  expect(await person.sees('/ # ')).toContain('syntax error');
  await person.type('nothing-like-it\r');
  expect(await person.sees('/ # ')).toContain('not found');
});

test('trap has the last word on ^C', async () => {
  const person = await shell();
  await person.type("trap 'echo caught' INT\r");
  await person.sees('/ # ');
  await person.type('\x03');
  expect(await person.sees('/ # ')).toContain('caught\r\n');
});

test('programs see the terminal: its size, its name, and without one that there is none', async () => {
  const person = await shell();
  person.session.resize({ width: 132, height: 43 });
  await person.type('stty size; tty; test -t 0 && echo yes; echo $TERM; echo a | test -t 0 || echo no\r');
  expect(await person.sees('/ # ')).toContain('\r\n43 132\r\n/dev/pts/0\r\nyes\r\nxterm\r\nno\r\n');
  const { id } = await bench.running('app', PROGRAM.sleeps30);
  const { stdout, exitCode } = await bench.settle(bench.runtime.runtimeService.execSync(id, ['tty'], 5));
  expect([stdout, exitCode]).toEqual(['not a tty\n', 1]);
});

test('a password is not shown; a single key needs no newline', async () => {
  const person = await shell();
  await person.type('read -s -p "word: " w; echo "[$w]"\r');
  await person.sees('word: ');
  await person.type('secret\r');
  expect(await person.sees('/ # ')).toBe('[secret]\r\n/ # ');
  await person.type('read -n 1 k; echo "<$k>"\r');
  await bench.pass(100);
  person.screen = '';
  await person.type('y');
  expect(await person.sees('/ # ')).toBe('y<y>\r\n/ # ');
});

test('raw mode gives keys as they are, until it is taken back', async () => {
  const person = await shell();
  await person.type('stty raw -echo; dd bs=1 count=2 >/tmp/keys 2>/dev/null; stty sane; wc -c </tmp/keys\r');
  await bench.pass(1000);
  await person.type('\x03q');
  expect(await person.sees('/ # ')).toMatch(/\r\n2\r\n\/ # $/);
  await person.type('stty\r');
  expect(await person.sees('/ # ')).toContain('\r\nicanon isig echo opost\r\n');
});

test('without a terminal a shell runs each line as it comes, and says nothing of its own', async () => {
  const { id } = await bench.running('app', PROGRAM.sleeps30);
  const { runtimeService } = bench.runtime;
  const session = await bench.settle(runtimeService.exec(id, { command: ['sh'], tty: false, stdin: true }));
  const person = new Person(session);
  await person.type('echo one\n');
  expect(await person.sees('one\n')).toBe('one\n');
  await person.type('read x\nvalue\necho "[$x]"; exit 7\n');
  expect(await person.ended()).toEqual({ type: 'exited', exitCode: 7 });
  expect(person.screen).toBe('[value]\n');
});

test('a container with a terminal and input is a shell that one attaches to, again and again', async () => {
  const { runtimeService } = bench.runtime;
  const sandboxId = await bench.sandbox();
  const { metadata } = await runtimeService.podSandboxStatus(sandboxId);
  const config = containerConfig('shell', ['sh'], { stdin: true, tty: true });
  const id = await bench.settle(
    runtimeService.createContainer(sandboxId, config, sandboxConfig(metadata.name)),
  );
  await bench.settle(runtimeService.startContainer(id));
  const first = new Person(await bench.settle(runtimeService.attach(id, { stdin: true })));
  await first.type('x=kept\r');
  await first.sees('/ # ');
  first.session.detach();
  const second = new Person(await bench.settle(runtimeService.attach(id, { stdin: true })));
  await second.type('echo $x\r');
  expect(await second.sees('/ # ')).toContain('\r\nkept\r\n');
  await second.type('exit 4\r');
  expect(await second.ended()).toEqual({ type: 'exited', exitCode: 4 });
  expect(await bench.exited(id)).toMatchObject({ exitCode: 4 });
});

test('who does not read holds the program up; who detaches lets it go on', async () => {
  const { runtimeService } = bench.runtime;
  const { id } = await bench.running('app', PROGRAM.ticks);
  const command = ['sh', '-c', 'seq 1 40000; echo done >/tmp/done'];
  const done = async () =>
    (await bench.settle(runtimeService.execSync(id, ['test', '-f', '/tmp/done'], 5))).exitCode === 0;
  const open = () => bench.settle(runtimeService.exec(id, { command, tty: false, stdin: false }));
  const read = await open();
  await bench.pass(30_000);
  expect(await done()).toBe(false);
  const reader = new Person(read);
  expect(await reader.ended()).toEqual({ type: 'exited', exitCode: 0 });
  expect(reader.screen.split('\n').length).toBe(40_001);
  expect(await done()).toBe(true);
  await bench.settle(runtimeService.execSync(id, ['rm', '/tmp/done'], 5));
  const left = await open();
  left.detach();
  await bench.until(done, 'it goes on');
});

test('the same keys at the same instants give the same run', async () => {
  const run = async () => {
    const own = await Bench.open(async ({ seed, epochMs }) =>
      createWasmRuntime({ clock: 'virtual', seed, epochMs, images: await openImageStore({ directory }) }),
    );
    try {
      const { id } = await own.running('app', PROGRAM.ticks);
      const options = { command: ['sh'], tty: true, stdin: true };
      const session = await own.settle(own.runtime.runtimeService.exec(id, options));
      const person = new Person(session);
      for (const keys of [
        'while :; do date +%s%N; sleep 0.7; done\r',
        '\x03',
        'echo $RANDOM; ps\r',
        'exit 5\r',
      ]) {
        await own.settle(present(session.stdin, 'input').write(Buffer.from(keys)));
        await own.pass(2500);
      }
      return { screen: person.screen, end: await own.settle(session.ended), events: own.events };
    } finally {
      await own.close();
    }
  };
  const first = await run();
  expect(first.end).toEqual({ type: 'exited', exitCode: 5 });
  expect(await run()).toEqual(first);
});
