import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openPod, type TestPod } from './pod.ts';

let pod: TestPod;
beforeAll(async () => {
  pod = await openPod();
}, 60_000);
afterAll(() => pod.close());

const start = (script: string, image = 'busybox', env: Record<string, string> = {}) =>
  pod.start(image, { command: ['/bin/sh', '-c', script], env });
const stop = (id: string) => pod.until(pod.runtime.runtimeService.stopContainer(id, 10));
const get = (path: string, port = 80) =>
  pod.until(pod.runtime.network.httpGet({ scheme: 'HTTP', host: pod.ip, port, path, headers: [] }, 1));

describe('lines from the documentation of Kubernetes', () => {
  it('debug/counter-pod.yaml counts, a line a second', async () => {
    const id = await start('i=0; while true; do echo "$i: $(date)"; i=$((i+1)); sleep 1; done');
    await pod.pass(9.5);
    const log = (await pod.log(id)).trimEnd().split('\n');
    expect(log.map((line) => line.split(':')[0])).toEqual(['0', '1', '2', '3', '4', '5', '6', '7', '8', '9']);
    expect(log[0]).toMatch(/^0: Thu Jan {2}1 00:\d\d:\d\d UTC 2026$/);
  });
  it('pods/probe/exec-liveness.yaml is healthy for 30 seconds', async () => {
    const id = await start('touch /tmp/healthy; sleep 30; rm -f /tmp/healthy; sleep 600');
    const probe = async () => (await pod.exec(id, ['cat', '/tmp/healthy'])).exitCode;
    await pod.pass(20);
    expect(await probe()).toBe(0);
    await pod.pass(15);
    expect(await probe()).toBe(1);
  });
  it('pods/inject/dapi-envars-pod.yaml prints the variables', async () => {
    const env = { MY_NODE_NAME: 'node', MY_POD_NAME: 'web', MY_POD_NAMESPACE: 'default' };
    const id = await start(
      "while true; do echo -en '\\n'; printenv MY_NODE_NAME MY_POD_NAME MY_POD_NAMESPACE; sleep 10; done;",
      'registry.k8s.io/busybox:1.27.2',
      env,
    );
    await pod.pass(1);
    expect(await pod.log(id)).toBe('\nnode\nweb\ndefault\n');
  });
  it('pods/inject/dapi-volume-resources.yaml prints the files that are there', async () => {
    const file = (name: string) =>
      `if [[ -e /etc/podinfo/${name} ]]; then echo -en '\\n'; cat /etc/podinfo/${name}; fi;`;
    const id = await start(
      `mkdir /etc/podinfo; echo -n 2 > /etc/podinfo/cpu_limit; while true; do echo -en '\\n'; ${file('cpu_limit')} ${file('cpu_request')} sleep 5; done;`,
    );
    await pod.pass(1);
    await pod.pass(5);
    expect((await pod.lines(id)).map((line) => line.text).slice(0, 3)).toEqual(['', '', '2']);
  });
  it('pods/commands.yaml prints one name and fails for the other', async () => {
    const id = await pod.start('debian', { command: ['printenv'], args: ['HOSTNAME', 'KUBERNETES_PORT'] });
    await pod.pass(1);
    expect([await pod.log(id), await pod.exitCode(id)]).toEqual(['web\n', 1]);
  });
  it('application/deployment-sidecar.yaml: what one process writes, tail -F shows', async () => {
    const id = await start(
      'while true; do echo "logging" >> /opt/logs.txt; sleep 1; done & tail -F /opt/logs.txt',
      'alpine:latest',
    );
    await pod.pass(4);
    expect((await pod.log(id)).match(/^logging$/gm)?.length).toBeGreaterThanOrEqual(3);
  });
  it('pods/inject/envars-file-container.yaml writes its file', async () => {
    const id = await start(
      `mkdir /data; echo "DB_ADDRESS='address'\nREST_ENDPOINT='endpoint'" > /data/config.env; cat /data/config.env`,
      'nginx',
    );
    await pod.pass(1);
    expect(await pod.log(id)).toBe("DB_ADDRESS='address'\nREST_ENDPOINT='endpoint'\n");
  });
});

describe('signals', () => {
  it('process 1 without a trap ignores TERM and is killed', async () => {
    const id = await start('while true; do sleep 5; done');
    await pod.pass(1);
    await stop(id);
    expect(await pod.exitCode(id)).toBe(137);
  });
  it('a trap runs after the foreground command has ended', async () => {
    const id = await start('trap "echo cleaning at $(date +%s); exit 7" TERM; while true; do sleep 4; done');
    await pod.pass(1);
    await stop(id);
    expect([await pod.exitCode(id), (await pod.log(id)).startsWith('cleaning')]).toEqual([7, true]);
  });
  it('wait is interrupted at once', async () => {
    const id = await start('trap "echo bye; exit 0" TERM; sleep 3600 & wait');
    await pod.pass(1);
    await stop(id);
    expect([await pod.exitCode(id), await pod.log(id)]).toEqual([0, 'bye\n']);
  });
  it('exec hands signals to the program that took the place', async () => {
    const id = await start('exec nginx -g "daemon off;"', 'nginx');
    await pod.pass(1);
    await stop(id);
    expect(await pod.exitCode(id)).toBe(0);
  });
});

describe('nginx', () => {
  it('serves, answers what is wrong, and ends on the preStop line of lifecycle-events.yaml', async () => {
    const id = await pod.start('nginx');
    await pod.pass(0.1);
    expect((await get('/')).body).toContain("podstep's stand-in for nginx");
    expect((await get('/nope')).statusCode).toBe(404);
    expect((await get('/%2e%2e/%2e%2e/etc/passwd')).statusCode).toBe(400);
    const wrote = await pod.exec(id, [
      '/bin/sh',
      '-c',
      'echo Hello from the postStart handler > /usr/share/message',
    ]);
    expect(wrote.exitCode).toBe(0);
    const pre = pod.exec(id, ['/bin/sh', '-c', 'nginx -s quit; while killall -0 nginx; do sleep 1; done']);
    await pre;
    await pod.pass(1);
    expect(await pod.exitCode(id)).toBe(0);
    expect(await pod.log(id)).toMatch(/"GET \/ HTTP\/1\.1" 200 \d+/);
  });
  it('reads its configuration, and refuses what it does not have', async () => {
    const conf =
      'server { listen 8081; location /healthz { return 200 "fine\\n"; } location / { return 503; } }';
    const id = await start(
      `echo '${conf}' > /etc/nginx/conf.d/default.conf; nginx -t && exec nginx -g 'daemon off;'`,
      'nginx',
    );
    await pod.pass(1);
    expect(await get('/healthz', 8081)).toEqual({ statusCode: 200, body: 'fine\n' });
    expect((await get('/', 8081)).statusCode).toBe(503);
    await stop(id);
    const refused = await start(
      `echo 'server { location / { proxy_pass http://x; } }' > /etc/nginx/conf.d/default.conf; nginx -t`,
      'nginx',
    );
    await pod.pass(1);
    expect(await pod.exitCode(refused)).toBe(1);
    expect(await pod.log(refused)).toContain(
      'nginx: [emerg] podstep\'s stand-in does not have the directive "proxy_pass" in /etc/nginx/conf.d/default.conf:1',
    );
  });
});

describe('the network applets', () => {
  it('httpd serves, wget fetches, nc talks', async () => {
    const id = await start('mkdir /www; echo page > /www/index.html; exec httpd -f -p 8082 -h /www');
    await pod.pass(1);
    const script = `wget -q -O - http://localhost:8082/; wget -q -T 2 -O - http://localhost:1/; echo $?
      nc -z localhost 8082; echo $?; (nc -l -p 9000 > /tmp/got) & sleep 1; echo through | nc localhost 9000; sleep 1; cat /tmp/got`;
    expect((await pod.exec(id, ['sh', '-c', script])).stdout).toBe('page\n1\n0\nthrough\n');
  });
});

describe('stress', () => {
  it('is killed when it takes more memory than it may', async () => {
    const id = await pod.start('polinux/stress', {
      command: ['stress'],
      args: ['--vm', '1', '--vm-bytes', '250M', '--vm-hang', '1'],
      memoryLimitBytes: 100 << 20,
    });
    await pod.pass(5);
    expect(await pod.exitCode(id)).toBe(137);
    expect(await pod.log(id)).toBe('stress: info: [1] dispatching hogs: 0 cpu, 0 io, 1 vm, 0 hdd\n');
  });
  it('ends by itself after its time', async () => {
    const id = await pod.start('polinux/stress', {
      command: ['stress', '--vm', '1', '--vm-bytes', '8M', '-t', '3'],
    });
    await pod.pass(10);
    expect([await pod.exitCode(id), (await pod.log(id)).includes('successful run completed in 3s')]).toEqual([
      0,
      true,
    ]);
  });
});
