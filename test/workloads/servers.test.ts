/** The small servers, as far as no scenario shows them: what they pass on, and how they end. */
import { afterAll, beforeAll, expect, it } from 'vitest';
import { openPod, type TestPod } from './pod.ts';

let pod: TestPod;
let shell: string;
beforeAll(async () => {
  pod = await openPod();
  shell = await pod.start('registry.k8s.io/e2e-test-images/agnhost:2.53', {
    args: ['netexec', '--http-port=8888', '--udp-port=-1'],
  });
  await pod.pass(0.1);
}, 60_000);
afterAll(() => pod.close());

const sh = async (script: string) => (await pod.exec(shell, ['sh', '-c', script])).stdout;
const endOf = async (id: string) => {
  await pod.until(pod.runtime.runtimeService.stopContainer(id, 5));
  return pod.exitCode(id);
};

it('goproxy passes on headers and bodies, opens tunnels, and proxies nothing else', async () => {
  const id = await pod.start('registry.k8s.io/goproxy:0.1');
  await pod.pass(0.1);
  const send = (bytes: string) => sh(`printf '${bytes}' | nc -w 1 localhost 8080`);
  const target = 'http://localhost:8888';
  expect(
    await send(`GET ${target}/header?key=X-Color HTTP/1.1\\r\\nHost: a\\r\\nX-Color: blue\\r\\n\\r\\n`),
  ).toMatch(/^HTTP\/1\.1 200 OK[\s\S]*\r\n\r\nblue$/);
  const form = 'Content-Type: application/x-www-form-urlencoded\\r\\nContent-Length: 6';
  expect(await send(`POST ${target}/echo HTTP/1.1\\r\\nHost: a\\r\\n${form}\\r\\n\\r\\nmsg=up`)).toMatch(
    /\r\n\r\nup$/,
  );
  expect(
    await send('CONNECT localhost:8888 HTTP/1.1\\r\\nHost: a\\r\\n\\r\\nGET /hostname HTTP/1.0\\r\\n\\r\\n'),
  ).toMatch(/^HTTP\/1\.0 200 OK\r\n\r\nHTTP\/1\.1 200 OK[\s\S]*\r\n\r\nweb$/);
  expect(await send('GET / HTTP/1.1\\r\\nHost: a\\r\\n\\r\\n')).toContain(
    'Does not respond to non-proxy requests',
  );
  expect(await send('GET http://localhost:1/ HTTP/1.1\\r\\nHost: a\\r\\n\\r\\n')).toContain(
    '502 Bad Gateway',
  );
  expect(await endOf(id)).toBe(2);
});

it('socat without fork relays one connection and ends with it', async () => {
  const id = await pod.start('alpine/socat', { args: ['tcp-listen:7000', 'tcp-connect:localhost:8888'] });
  await pod.pass(0.1);
  expect(await sh("printf 'GET /hostname HTTP/1.0\\r\\n\\r\\n' | nc -w 1 localhost 7000")).toMatch(
    /\r\n\r\nweb$/,
  );
  await pod.pass(0.1);
  expect(await pod.exitCode(id)).toBe(0);
  const lonely = await pod.start('alpine/socat', { args: ['tcp-listen:7001', 'tcp-connect:localhost:1'] });
  await pod.pass(0.1);
  await sh('echo x | nc -w 1 localhost 7001');
  await pod.pass(0.1);
  expect([await pod.exitCode(lonely), await pod.log(lonely)]).toEqual([
    1,
    expect.stringContaining('E connect(localhost:1): Connection refused'),
  ]);
});

it.each([
  ['gcr.io/google-samples/hello-app:2.0', [], 2],
  ['registry.k8s.io/etcd:3.5.1-0', ['/usr/local/bin/etcd'], 0],
  ['alpine/socat', ['socat', 'tcp-listen:7002,fork', 'tcp-connect:localhost:1'], 143],
] as const)('%s ends on TERM as the original does', async (image, command, code) => {
  const id = await pod.start(image, { command });
  await pod.pass(0.1);
  expect(await endOf(id)).toBe(code);
});
