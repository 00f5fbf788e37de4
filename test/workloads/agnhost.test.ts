/** agnhost: what the tests and pages of Kubernetes ask of it. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openPod, type TestPod } from './pod.ts';

const IMAGE = 'registry.k8s.io/e2e-test-images/agnhost:2.53';
let pod: TestPod;
beforeAll(async () => {
  pod = await openPod();
}, 60_000);
afterAll(() => pod.close());

const agnhost = (...args: string[]) => pod.start(IMAGE, { args });
const stop = (id: string, graceSeconds = 10) =>
  pod.until(pod.runtime.runtimeService.stopContainer(id, graceSeconds));
const get = (path: string, port = 8080) =>
  pod.until(pod.runtime.network.httpGet({ scheme: 'HTTP', host: pod.ip, port, path, headers: [] }, 30));
const ask = async (path: string, port = 8080) => (await get(path, port)).body;

describe('netexec', () => {
  let id: string;
  beforeAll(async () => {
    id = await agnhost('netexec');
    await pod.pass(0.1);
  });
  afterAll(() => stop(id));

  it('says who it is, who asks and what time it is', async () => {
    expect(await ask('/hostname')).toBe('web');
    expect(await ask('/hostName')).toBe('web');
    expect(await ask('/clientip')).toMatch(/^\d+\.\d+\.\d+\.\d+:\d+$/);
    expect(await ask('/')).toMatch(/^NOW: 2026-01-01 00:00:0\d\.\d{9} \+0000 UTC$/);
    expect(await ask('/serverport')).toBe('8080');
    expect((await get('/healthz')).statusCode).toBe(200);
  });
  it('echoes with the status that is asked for', async () => {
    expect(await get('/echo?msg=hello+there%21&code=418')).toEqual({ statusCode: 418, body: 'hello there!' });
    expect(await ask('/echo?code=x')).toBe('argument \'code\' must be an integer or empty, got "x"\n');
  });
  it('runs a shell, and tells its output and its failure', async () => {
    expect(await ask('/shell?cmd=echo%20hi')).toBe('{"output":"hi\\n"}');
    expect(await ask('/shell?shellCommand=echo+bad+%3E%262%3B+exit+3')).toBe(
      '{"error":"exit status 3","output":"bad\\n"}',
    );
  });
  it('dials others and itself, over HTTP and datagrams, as often as it is told', async () => {
    const dial = (more: string) => ask(`/dial?host=127.0.0.1&${more}`);
    expect(await dial('port=8080&request=hostname&tries=3')).toBe('{"responses":["web","web","web"]}');
    expect(await dial('port=8081&protocol=udp&request=echo%20Hi')).toBe('{"responses":["hi"]}');
    expect(await dial('port=9&request=hostname')).toBe(
      '{"errors":["dial tcp 127.0.0.1:9: connect: connection refused"]}',
    );
    expect(await dial('port=9&protocol=udp&request=hostname')).toBe(
      '{"errors":["reading from udp connection failed. err:\'i/o timeout\'"]}',
    );
    expect((await get('/dial?host=127.0.0.1&port=8080')).statusCode).toBe(400);
    expect((await get('/dial?host=nowhere.example&port=80&request=x')).statusCode).toBe(400);
  });
  it('answers others while one of its answers takes its time', async () => {
    const slow = get('/shell?cmd=sleep%205');
    expect(await ask('/hostname')).toBe('web');
    expect((await slow).body).toBe('{}');
  });
  it('refuses uploads with a sentence', async () => {
    const { statusCode, body } = await get('/upload');
    expect([statusCode, body]).toEqual([501, expect.stringContaining('mount a volume')]);
  });
});

describe('how netexec ends', () => {
  const ends = async (args: string[], path: string, port: number) => {
    const id = await agnhost('netexec', '--http-port', `${port}`, '--udp-port=-1', ...args);
    await pod.pass(0.1);
    const asked = get(path, port).then(
      ({ statusCode }) => statusCode,
      () => 'cut off',
    );
    const answer = await asked;
    await pod.pass(5);
    return [answer, await pod.exitCode(id)];
  };
  it('at once, with the code it is told', async () =>
    expect(await ends([], '/exit?code=3', 8090)).toEqual(['cut off', 3]));
  it('gracefully: the answer still comes', async () =>
    expect(await ends([], '/exit?code=4&timeout=2s&wait=1s', 8091)).toEqual([200, 4]));
  it('on TERM as a Go program: 2 as process 1', async () => {
    const id = await agnhost('netexec', '--http-port=8092', '--udp-port=-1');
    await pod.pass(0.1);
    expect((await get('/healthz', 8092)).statusCode).toBe(412);
    await stop(id);
    expect(await pod.exitCode(id)).toBe(2);
  });
  it('on TERM, after --delay-shutdown, with 0', async () => {
    const id = await agnhost('netexec', '--http-port=8093', '--udp-port=-1', '--delay-shutdown', '4');
    await pod.pass(0.1);
    await stop(id);
    expect([await pod.exitCode(id), await pod.log(id)]).toEqual([
      0,
      expect.stringContaining('Sleeping 4 seconds before terminating...'),
    ]);
  });
});

describe('connect', () => {
  let id: string;
  beforeAll(async () => {
    id = await agnhost('serve-hostname', '--http=false', '--tcp', '--udp', '--port', '9376');
    await pod.pass(0.1);
  });
  const connect = async (...args: string[]) => {
    const { exitCode, stderr } = await pod.exec(id, ['/agnhost', 'connect', ...args]);
    return `${exitCode} ${stderr}`.trim();
  };
  it('says in one word why not', async () => {
    expect(await connect('127.0.0.1:9376')).toBe('0');
    expect(await connect('--timeout=2s', '127.0.0.1:9')).toBe('1 REFUSED');
    expect(await connect('nowhere.example:80')).toBe('1 DNS: lookup nowhere.example: no such host');
    expect(await connect('127.0.0.1')).toBe('1 UNKNOWN: address 127.0.0.1: missing port in address');
    expect(await connect('--protocol', 'udp', '127.0.0.1:9376')).toBe('0');
    expect(await connect('--protocol', 'udp', '--timeout', '1s', '127.0.0.1:9')).toBe(
      '1 TIMEOUT: read udp: i/o timeout',
    );
    expect(await connect('--protocol', 'sctp', '127.0.0.1:9')).toMatch(/^1 OTHER: .*no SCTP$/);
    expect(await connect('--nope')).toMatch(/^1 Error: unknown flag: --nope/);
  });
  it('serve-hostname waits for its pod to be deleted', async () => {
    await stop(id, 30);
    expect([await pod.exitCode(id), await pod.log(id)]).toEqual([
      137,
      expect.stringMatching(
        /Shutting down after receiving signal: terminated\.[\s\S]*Awaiting pod deletion\./,
      ),
    ]);
  });
});

describe('the small ones', () => {
  it('liveness is well for ten seconds', async () => {
    const id = await agnhost('liveness');
    await pod.pass(9.5);
    expect(await get('/healthz')).toEqual({ statusCode: 200, body: 'ok' });
    await pod.pass(1);
    expect(await get('/healthz')).toEqual({ statusCode: 500, body: 'error: 10.5' });
    expect((await get('/nothing')).body).toBe('404 page not found\n');
    await stop(id);
  });
  it('pause ends on TERM with 2', async () => {
    const id = await agnhost('pause');
    await pod.pass(1);
    await stop(id);
    expect([await pod.exitCode(id), await pod.log(id)]).toEqual([2, 'Paused\n']);
  });
  it('porter serves what its variables say', async () => {
    const env = { SERVE_PORT_7001: 'one', SERVE_TCP_PORT_7002: 'two' };
    const id = await pod.start(IMAGE, { args: ['porter'], env });
    await pod.pass(0.1);
    expect([await ask('/any', 7001), await ask('/', 7002)]).toEqual(['one', 'two']);
    await stop(id);
    const json = await pod.start(IMAGE, { args: ['porter', '--json-response'], env });
    await pod.pass(0.1);
    expect(await ask('/', 7001)).toBe('{"Method":"GET","Body":"one"}');
    await stop(json);
  });
  it('logs-generator spreads its lines over the time', async () => {
    const id = await agnhost('logs-generator', '-t', '10', '--run-duration', '5s');
    await pod.pass(2.4);
    const lines = (await pod.log(id)).trimEnd().split('\n');
    expect(lines).toHaveLength(5);
    expect(lines[4]).toMatch(
      /^I0101 .* {7}1 logs_generator\.go:76\] 4 (GET|POST|PUT) \/api\/v1\/namespaces\/[a-z-]+\/pods\/\w{3,4} [2-5]\d\d$/,
    );
    await pod.pass(3);
    expect(await pod.exitCode(id)).toBe(0);
  });
  it('entrypoint-tester, mounttest and the rest print and end', async () => {
    const id = await agnhost('pause');
    const run = async (...words: string[]) => (await pod.exec(id, ['/agnhost', ...words])).stdout;
    expect(await run('entrypoint-tester', 'a', 'b')).toBe('[/agnhost entrypoint-tester a b]\n');
    expect(await run('mounttest', '--new_file_0644=/tmp/new')).toBe(
      'content of file "/tmp/new": mount-tester new file\n\n',
    );
    const missing = await pod.exec(id, ['/agnhost', 'mounttest', '--file_content', '/nope']);
    expect([missing.exitCode, missing.stdout]).toEqual([
      1,
      'error reading file content for "/nope": open /nope: No such file or directory\n',
    ]);
    expect((await pod.exec(id, ['/agnhost', 'mounttest', '--file_mode', '/tmp'])).stderr).toContain(
      'WASI has none',
    );
    expect((await pod.exec(id, ['/agnhost', 'dance'])).stderr).toContain(
      'unknown command "dance" for "agnhost"',
    );
    await stop(id);
  });
  it('test-webserver serves files and folders, and nothing outside', async () => {
    const id = await agnhost('test-webserver', '--port', '8094');
    await pod.pass(0.1);
    expect(await ask('/etc/passwd', 8094)).toContain('root:x:0:0');
    expect(await ask('/etc/', 8094)).toContain('<a href="passwd">passwd</a>');
    expect((await get('/nope', 8094)).statusCode).toBe(404);
    expect((await get('/etc/../etc/passwd', 8094)).statusCode).not.toBe(500);
    await stop(id);
  });
  it('the gRPC health service feels bad after its delay', async () => {
    const id = await agnhost('grpc-health-checking', '--delay-unhealthy-sec', '5');
    const probe = () => pod.until(pod.runtime.network.grpcHealthCheck(pod.ip, 5000, '', 1));
    await pod.pass(1);
    expect(await probe()).toBe('SERVING');
    await pod.pass(5);
    expect(await probe()).toBe('NOT_SERVING');
    await stop(id);
  });
});
