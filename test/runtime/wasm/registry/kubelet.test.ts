/** The kubelet's side of it: pull secrets, waiting reasons and events, with a real registry that wants a password. */
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openImageStore } from '../../../../src/runtime/wasm/images/store.ts';
import { cli } from '../../../cli/cli.ts';
import { type Fixture, makeFixture, PAUSE } from '../images/fixture.ts';
import { describeReal, type RegistryProcess, startRegistry, USER } from './docker-registry.ts';
import { FakeRegistry, json, TYPE } from './fake-registry.ts';

let fixture: Fixture;
const before = process.env.PODSTEP_HOME;

beforeAll(async () => {
  fixture = await makeFixture();
  process.env.PODSTEP_HOME = fixture.root;
});

afterAll(async () => {
  if (before === undefined) delete process.env.PODSTEP_HOME;
  else process.env.PODSTEP_HOME = before;
  await fixture.remove();
});

const pod = (image: string, more: object = {}) => ({
  apiVersion: 'v1',
  kind: 'Pod',
  metadata: { name: 'app' },
  spec: { restartPolicy: 'Never', containers: [{ name: 'app', image }], ...more },
});

async function run(objects: readonly object[], ...args: readonly string[]) {
  const stdin = objects.map((one) => JSON.stringify(one)).join('\n---\n');
  return cli(['run', '-', ...args], { stdin });
}

describeReal('a pod whose image lies in a private registry', () => {
  let registry: RegistryProcess;
  let image: string;

  beforeAll(async () => {
    registry = await startRegistry({ basicAuth: true });
    image = `${registry.host}/team/tool:1`;
    const store = await openImageStore({ directory: join(fixture.root, 'other') });
    await store.pullImage('busybox');
    await store.pushImage('busybox', { as: image, auth: USER });
  }, 60_000);

  afterAll(() => registry.stop());

  it('runs with the secret that opens it, and the same way each time', async () => {
    const auths = { [registry.host]: USER };
    const secret = {
      apiVersion: 'v1',
      kind: 'Secret',
      type: 'kubernetes.io/dockerconfigjson',
      metadata: { name: 'regcred' },
      data: { '.dockerconfigjson': Buffer.from(JSON.stringify({ auths })).toString('base64') },
    };
    const asking = pod(image, { imagePullSecrets: [{ name: 'regcred' }] });
    const container = { name: 'app', image, command: ['sh', '-c', 'echo from the registry'] };
    const objects = [secret, { ...asking, spec: { ...asking.spec, containers: [container] } }];
    const first = await run(objects, '--until', 'Succeeded');
    expect(first).toMatchObject({ exitCode: 0, err: '' });
    expect(first.out).toContain('from the registry');
    expect(first.out).toContain('Successfully pulled image');
    // The second time all blobs are here already; the trace does not tell.
    expect(await run(objects, '--until', 'Succeeded')).toEqual(first);
  });

  it('waits without one, and says why', async () => {
    const { out } = await run([pod(image)], '--for', '30s');
    expect(out).toContain(
      `Failed to pull image "${image}": failed to pull and unpack image "${image}": failed to resolve reference ` +
        `"${image}": pull access denied, repository does not exist or may require authorization: authorization failed: no basic auth credentials`,
    );
    expect(out).toContain('waiting.ImagePullBackOff');
  });
});

describe('a pod whose image is an artifact of WebAssembly', () => {
  it('runs it without a command', async () => {
    const registry = await new FakeRegistry().start();
    try {
      const wasm = await readFile(PAUSE);
      registry.image(
        '1',
        { mediaType: TYPE.wasmConfig, bytes: json({ os: 'wasip2', architecture: 'wasm' }) },
        [{ mediaType: TYPE.wasm, bytes: wasm }],
      );
      const { exitCode, out } = await run([pod(`${registry.host}/app:1`)], '--until', 'Ready');
      expect(exitCode).toBe(0);
      expect(out).toContain('Ready holds');
    } finally {
      await registry.stop();
    }
  });
});

describe('a pod whose registry nobody runs', () => {
  it('runs what was pulled before, as it did then', async () => {
    const registry = await new FakeRegistry().start();
    const config = { mediaType: TYPE.wasmConfig, bytes: json({ os: 'wasip2', architecture: 'wasm' }) };
    registry.image('1', config, [{ mediaType: TYPE.wasm, bytes: await readFile(PAUSE) }]);
    const image = `${registry.host}/app:1`;
    const online = await run([pod(image)], '--until', 'Ready');
    await registry.stop();
    const offline = await run([pod(image)], '--until', 'Ready');
    expect(offline.out).toBe(online.out);
    expect(offline).toMatchObject({
      exitCode: 0,
      err: `note: image ${image}: its registry cannot be reached; what was pulled under that name earlier is used\n`,
    });
  });

  it('fails at once, again and again, without time passing for it', async () => {
    const registry = await new FakeRegistry().start();
    const image = `${registry.host}/app:1`;
    await registry.stop();
    const startedAtMs = performance.now();
    const { out } = await run([pod(image)], '--for', '30m');
    expect(out).toContain(`dial tcp ${image.slice(0, image.indexOf('/'))}: connect: connection refused`);
    expect(performance.now() - startedAtMs).toBeLessThan(20_000);
  });
});
