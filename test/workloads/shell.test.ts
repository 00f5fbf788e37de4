// biome-ignore-all lint/suspicious/noTemplateCurlyInString: shell text
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openPod, type TestPod } from './pod.ts';
import { SHELL_LINES } from './shell-table.ts';

let pod: TestPod;
let shell: string;

beforeAll(async () => {
  pod = await openPod();
  shell = await pod.start('busybox', { command: ['sleep', '1000000'], env: { HOME: '/root' } });
}, 60_000);
afterAll(() => pod.close());

const sh = (script: string, timeoutSeconds = 0) => pod.exec(shell, ['sh', '-c', script], timeoutSeconds);

describe('the shell', () => {
  it.each(SHELL_LINES)('%s', async (script, stdout, exitCode) => {
    expect(await sh(script, 60)).toMatchObject({ stdout, exitCode });
  });
});

describe('what the shell says when something is wrong', () => {
  it.each([
    ['foo', 'sh: foo: not found\n', 127],
    ['/nope/foo', 'sh: /nope/foo: not found\n', 127],
    ['cat < /nope', "sh: can't open /nope: no such file\n", 1],
    ['echo > /nope/x', "sh: can't create /nope/x: nonexistent directory\n", 1],
    ['if true; then :', 'sh: syntax error: unexpected end of file (expecting "fi")\n', 2],
    ['echo )', 'sh: syntax error: unexpected ")"\n', 2],
    ["echo 'x", 'sh: syntax error: unterminated quoted string\n', 2],
    ['set -u; echo $nope', 'sh: nope: parameter not set\n', 2],
    [': ${x:?is needed}', 'sh: x: is needed\n', 2],
    ['echo $((1/0))', 'sh: divide by zero\n', 2],
    ['for((i=0;i<3;i++)); do :; done', 'sh: syntax error: unexpected "("\n', 2],
    ['sh /nope', "sh: can't open '/nope': No such file or directory\n", 2],
    ['sleep x', "sleep: invalid number 'x'\n", 1],
    ['cat /nope', "cat: can't open '/nope': No such file or directory\n", 1],
    ['grep', 'grep: no pattern given\n', 2],
    ['ls -Z', "ls: invalid option -- 'Z'\n", 1],
    ['alias x=y', "sh: alias: podstep's shell does not have this builtin\n", 2],
    [
      "awk 'BEGIN { x = 1 }'",
      "awk: podstep's awk understands only [/regex/] { print ... }: BEGIN { x = 1 }\n",
      2,
    ],
    ['wget https://x/', "wget: podstep's wget has no TLS: https://x/\n", 1],
    ['head -n -1 /etc/passwd', "head: podstep's head does not have negative counts\n", 2],
  ])('%s', async (script, stderr, exitCode) => {
    expect(await sh(script, 60)).toEqual({ stdout: '', stderr, exitCode });
  });
});

describe('processes', () => {
  it('a background job runs beside the shell and wait gives its exit code', async () => {
    const { stdout } = await sh('(sleep 2; echo background; exit 9) & echo foreground; wait $!; echo $?');
    expect(stdout).toBe('foreground\nbackground\n9\n');
  });
  it('a background job knows variables and functions that were not exported', async () => {
    expect((await sh('x="a  b"; f() { echo "f: $1"; }; f "$x" & wait')).stdout).toBe('f: a  b\n');
  });
  it('kill ends a background job with 128 + signal', async () => {
    expect(
      (await sh('sleep 100 & kill $!; wait $!; echo $?; sleep 100 & kill -9 $!; wait $!; echo $?')).stdout,
    ).toBe('143\n137\n');
  });
  it('a pipeline whose writer never ends is ended by its reader', async () => {
    expect((await sh('while true; do echo x; done | head -n 2; yes | head -n 1', 60)).stdout).toBe(
      'x\nx\ny\n',
    );
  });
  it('the right side of a pipeline reads while the left one still writes', async () => {
    const { stdout } = await sh(
      '(echo one; sleep 5; echo two) | while read l; do echo "$l at $(date +%S)"; done',
    );
    const seconds = [...stdout.matchAll(/at (\d+)/g)].map((match) => Number(match[1]));
    expect(((seconds[1] ?? 0) - (seconds[0] ?? 0) + 60) % 60).toBeGreaterThanOrEqual(5);
  });
  it('exit codes of commands arrive as they are', async () => {
    for (const code of [0, 1, 2, 42, 126, 127, 255]) expect((await sh(`exit ${code}`)).exitCode).toBe(code);
  });
  it('ps lists the processes, the shell among them', async () => {
    expect((await sh('ps | grep -c "^ *1 root *sleep"')).stdout).toBe('1\n');
  });
  it('an endless loop of commands does not grow', async () => {
    const before = await sh(
      'i=0; while [ $i -lt 3000 ]; do x=$(echo $i | sed s/1/2/); i=$((i+1)); done; echo $i',
      600,
    );
    expect(before).toMatchObject({ stdout: '3000\n', exitCode: 0 });
  });
});

describe('files', () => {
  it('tail -F waits for a file, and goes on when it is replaced', async () => {
    const script = `rm -f /tmp/log; tail -F /tmp/log > /tmp/seen 2>&1 & p=$!
      sleep 2; echo first > /tmp/log; sleep 3; rm /tmp/log; sleep 2; echo second > /tmp/log; sleep 3; kill $p; cat /tmp/seen`;
    const { stdout } = await sh(script);
    expect(stdout.split('\n').filter((line) => !line.startsWith('tail:'))).toEqual(['first', 'second', '']);
  });
  it('programs are files that can be run by their path', async () => {
    expect(
      (await sh('/bin/echo a; /usr/bin/printf b; test -x /bin/sh && echo; command -v sleep')).stdout,
    ).toBe('a\nb\n/bin/sleep\n');
  });
  it('a script file runs with its parameters', async () => {
    const { stdout } = await sh(
      `printf '#!/bin/sh\\necho "$0 $1 $#"; exit 6\\n' > /tmp/s.sh; chmod +x /tmp/s.sh; /tmp/s.sh a b; echo $?; sh /tmp/s.sh c`,
    );
    expect(stdout).toBe('/tmp/s.sh a 2\n6\n/tmp/s.sh c 1\n');
  });
});
