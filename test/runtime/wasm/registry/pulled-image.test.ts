import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { packTar } from 'modern-tar';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openImageStore } from '../../../../src/runtime/wasm/images/store.ts';
import { createWasmRuntime } from '../../../../src/runtime/wasm/runtime.ts';
import { containerConfig, EPOCH_MS, sandboxConfig } from '../../../contract/setup.ts';
import { TimedRuntime } from '../../timed-runtime.ts';
import { type Fixture, makeFixture } from '../images/fixture.ts';
import { FakeRegistry, json, TYPE } from './fake-registry.ts';

const WORKLOADS = join(import.meta.dirname, '../../../../workloads');

class Node extends TimedRuntime {
  static async open(fixture: Fixture): Promise<Node> {
    const images = await openImageStore({ directory: fixture.store, registries: { environment: {} } });
    return new Node(
      await createWasmRuntime({ clock: 'virtual', seed: 1, epochMs: EPOCH_MS, images }),
      EPOCH_MS,
    );
  }

  /** Runs a shell line in a container of its own; its log once it has ended or `seconds` have passed. */
  async run(image: string, name: string, line: string, seconds = 1): Promise<{ id: string; log: string[] }> {
    const { runtimeService: service } = this.runtime;
    const sandbox = sandboxConfig(name);
    const sandboxId = await this.settle(service.runPodSandbox(sandbox));
    const config = { ...containerConfig(name, ['/bin/busybox', 'sh', '-c', line]), image, imageRef: image };
    const id = await this.settle(service.createContainer(sandboxId, config, sandbox));
    await this.settle(service.startContainer(id));
    await this.pass(seconds * 1_000);
    return { id, log: (await service.containerLog(id)).map(({ text }) => text) };
  }
}

let fixture: Fixture;
let registry: FakeRegistry;
let node: Node;
let image: string;

beforeAll(async () => {
  [fixture, registry] = await Promise.all([makeFixture(), new FakeRegistry().start()]);
  const busybox = await readFile(join(WORKLOADS, 'busybox/busybox.wasm'));
  const layer = await packTar([
    { header: { name: 'bin/busybox', size: busybox.length, mode: 0o755 }, body: busybox },
    { header: { name: 'srv/note', size: 9, mode: 0o666 }, body: 'original\n' },
    { header: { name: 'tmp/', type: 'directory', size: 0, mode: 0o1777 } },
  ]);
  const config = { os: 'wasip1', architecture: 'wasm', config: { Entrypoint: ['/bin/busybox'] } };
  registry.image('1', { mediaType: TYPE.config, bytes: json(config) }, [
    { mediaType: `${TYPE.tar}+gzip`, bytes: gzipSync(layer) },
  ]);
  image = `${registry.host}/lab/shell:1`;
  node = await Node.open(fixture);
}, 60_000);

afterAll(async () => {
  await node.runtime.close();
  await Promise.all([fixture.remove(), registry.stop()]);
});

describe('an image from a registry', () => {
  it('is pulled while virtual time stands still, whatever the line does', async () => {
    let isHere = false;
    const pull = node.runtime.imageService.pullImage(image).then(() => {
      isHere = true;
    });
    await node.runtime.virtualTime?.quiesce();
    expect(isHere).toBe(true);
    await pull;
    expect(node.now()).toBe(EPOCH_MS);
  });

  it('is mounted for each container alone: what one writes, the other does not see', async () => {
    const write = (name: string) =>
      `cat /srv/note; echo ${name} > /srv/note; sleep 5; cat /srv/note; rm /srv/note; ls /srv | wc -l`;
    const [first, second] = [
      await node.run(image, 'first', write('one')),
      await node.run(image, 'second', write('two'), 10),
    ];
    expect(second.log).toEqual(['original', 'two', '0']);
    expect((await node.runtime.runtimeService.containerLog(first.id)).map(({ text }) => text)).toEqual([
      'original',
      'one',
      '0',
    ]);
    expect((await node.run(image, 'third', 'cat /srv/note')).log).toEqual(['original']);
  });

  it('costs a container nothing of its own storage until it writes', async () => {
    const { runtimeService: service, imageService } = node.runtime;
    const reads = await node.run(image, 'reads', 'cat /srv/note /bin/busybox > /dev/null; sleep 600');
    const writes = await node.run(image, 'writes', 'cp /bin/busybox /tmp/copy; sleep 600');
    const bytesOf = async (id: string) => (await node.settle(service.containerStats(id))).writableLayerBytes;
    const status = await imageService.imageStatus(image);
    expect(await bytesOf(reads.id)).toBe(0);
    const copied = await bytesOf(writes.id);
    expect(copied).toBeGreaterThan(50_000);
    const [fs] = await imageService.imageFsInfo();
    expect(fs?.usedBytes).toBeGreaterThan(status?.sizeBytes ?? Number.POSITIVE_INFINITY);
  });
});
