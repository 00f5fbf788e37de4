/** redis: what a client, a configuration and a signal meet. */
import { afterAll, beforeAll, expect, it } from 'vitest';
import { openPod, type TestPod } from './pod.ts';

let pod: TestPod;
let id: string;
beforeAll(async () => {
  pod = await openPod();
  id = await pod.start('redis:7', { args: ['--requirepass', 'secret'] });
  await pod.pass(0.1);
}, 60_000);
afterAll(() => pod.close());

const sh = async (script: string) => (await pod.exec(id, ['sh', '-c', script])).stdout;
const cli = (...lines: string[]) =>
  sh(
    `printf '%s\n' ${lines.map((line) => `'${line.replaceAll("'", "'\\''")}'`).join(' ')} | redis-cli -a secret`,
  );
/** Bytes as they are, over nc: all at once. */
const raw = (bytes: string) => sh(`printf '${bytes}' | nc -w 1 localhost 6379`);

it('wants its password', async () => {
  expect(await sh('redis-cli ping')).toBe('NOAUTH Authentication required.\n');
  expect((await pod.exec(id, ['redis-cli', '-a', 'wrong', 'ping'])).stderr).toContain(
    'AUTH failed: WRONGPASS',
  );
  expect(await sh('REDISCLI_AUTH=secret redis-cli ping')).toBe('PONG\n');
});

it('keeps strings, counts, and forgets in time', async () => {
  expect(
    await cli('set a 1', 'incr a', 'incrby a 5', 'get a', 'append a x', 'incr a', 'type a', 'del a b'),
  ).toBe('OK\n2\n7\n7\n2\nERR value is not an integer or out of range\nstring\n1\n');
  expect(
    await cli('setex k 10 v', 'ttl k', 'persist k', 'ttl k', 'ttl none', 'expire k -1', 'exists k'),
  ).toBe('OK\n10\n1\n-1\n-2\n1\n0\n');
  expect(await cli('set n 1 nx', 'set n 2 nx', 'set n 3 get', 'getdel n', 'get n')).toBe('OK\n\n1\n3\n\n');
  expect(await cli('set t 1 ex 5', 'pttl t')).toMatch(/^OK\n(5000|4\d{3})\n$/);
  await pod.pass(6);
  expect(await cli('get t', 'dbsize')).toBe('\n0\n');
});

it('takes lines with quotes, and many commands in one piece', async () => {
  expect(await cli(`set q "two words"`, 'get q', `echo 'it'`)).toBe('OK\ntwo words\nit\n');
  expect(
    await raw(
      'AUTH secret\\r\\n*1\\r\\n$4\\r\\nPING\\r\\n*3\\r\\n$3\\r\\nSET\\r\\n$1\\r\\nb\\r\\n$2\\r\\nhi\\r\\n*2\\r\\n$3\\r\\nGET\\r\\n$1\\r\\nb\\r\\n',
    ),
  ).toBe('+OK\r\n+PONG\r\n+OK\r\n$2\r\nhi\r\n');
  expect(await raw('*1\\r\\n!\\r\\n')).toBe('-ERR Protocol error\r\n');
});

it('tells what it does not know', async () => {
  expect(await cli('lpush l 1')).toContain("ERR unknown command 'lpush', with args beginning with: 'l' '1'");
  expect(await cli('get')).toBe("ERR wrong number of arguments for 'get' command\n");
  expect(await cli('select 3')).toBe('ERR DB index is out of range\n');
});

it('INFO has sections', async () => {
  await cli('flushall', 'set x 1 ex 100', 'set y 1', 'get x', 'get nothing');
  expect(await cli('info keyspace')).toBe('# Keyspace\r\ndb0:keys=2,expires=1,avg_ttl=0\r\n\n');
  const all = await cli('info');
  expect(all).toContain('redis_version:7.2.5\r\n');
  expect(all).toMatch(/connected_clients:1\r\n[\s\S]*keyspace_hits:\d+\r\nkeyspace_misses:\d+/);
});

it('refuses a configuration by its line', async () => {
  const other = await pod.start('redis:7', {
    command: ['sh', '-c'],
    args: ['printf "port 6380\\nmaxmemory lots\\n" > /c.conf; exec redis-server /c.conf'],
  });
  await pod.pass(0.5);
  expect(await pod.exitCode(other)).toBe(1);
  expect(await pod.log(other)).toContain("/c.conf: at line 2\n>>> 'maxmemory lots'");
});

it('says good-bye on TERM and on SHUTDOWN', async () => {
  const other = await pod.start('redis:7', { args: ['redis-server', '--port', '6381'] });
  await pod.pass(0.1);
  await pod.exec(other, ['redis-cli', '-p', '6381', 'shutdown']);
  await pod.pass(0.1);
  expect(await pod.exitCode(other)).toBe(0);
  await pod.until(pod.runtime.runtimeService.stopContainer(id, 10));
  expect(await pod.exitCode(id)).toBe(0);
  expect(await pod.log(id)).toMatch(
    /signal-handler \(\d+\) Received SIGTERM scheduling shutdown\.\.\.\n.* \* User requested shutdown\.\.\.\n.* # Redis is now ready to exit, bye bye\.\.\.\n$/,
  );
});
