/** The manifests that need no other program than busybox become on Docker what they become on WebAssembly. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import type { KubeObject, Pod } from '../../src/api/types.ts';
import { composeEngine } from '../../src/compose/engine.ts';
import { markedOnEngine, removeLeftovers } from '../../src/compose/leftovers.ts';
import { nodesDirectory, ownerOf } from '../../src/compose/node-home.ts';
import { connect, describeDocker } from '../runtime/docker/engine-here.ts';
import { load, type Pass, play } from './play.ts';
import { ROWS, type Row } from './rows.ts';

const LONGEST_MS = 180_000;
/** Real programs may take longer than their row says. */
const PATIENCE = 5;

const untilDone: Pass = (engine, forMs, done) => engine.run({ until: done, forMs: PATIENCE * forMs });

/** Why what these write is another text here; what becomes of them is the same. */
const OTHER_WORDS = new Set([
  // Debian's busybox has no printenv.
  'pods/inject/dapi-envars-container.yaml',
  // Nor for this one; and it writes the pod's address.
  'pods/inject/dapi-envars-pod.yaml',
]);

function imagesOf(object: KubeObject): readonly string[] {
  if (object.kind !== 'Pod') return [];
  const { spec } = object as unknown as Pod;
  return [...(spec.initContainers ?? []), ...spec.containers].map(({ image = '' }) => image);
}

/** Rows of one pod whose containers are all busybox. */
const BUSYBOX_ALONE: readonly Row[] = ROWS.filter(({ file }) => {
  const images = load(file).objects.flatMap(({ object }) => imagesOf(object));
  return images.length > 0 && images.every((image) => /(^|\/)busybox(:|$)/.test(image));
});

test('there are such manifests', () => {
  expect(BUSYBOX_ALONE.length).toBeGreaterThan(5);
});

describeDocker('on a Docker Engine', () => {
  const home = mkdtempSync(join(tmpdir(), 'podstep-manifests-'));
  const environment = { ...process.env, PODSTEP_HOME: home };
  const rows = BUSYBOX_ALONE.map((row, index) => ({ row, nodeName: row.nodeName ?? `node-${index}` }));

  // An image that one node imported stays at its end while another's pod runs of it.
  afterAll(async () => {
    const engine = await connect();
    for (const { nodeName } of rows) {
      const owner = ownerOf(join(nodesDirectory(environment), nodeName));
      await removeLeftovers(engine, await markedOnEngine(engine, owner));
    }
    rmSync(home, { recursive: true, force: true });
  });

  test.concurrent.each(rows)(
    '$row.file: $row.outcome',
    async ({ row, nodeName }) => {
      const engine = await composeEngine({
        runtime: 'docker',
        clock: 'wall',
        seed: 1,
        nodeName,
        environment,
        localBusybox: {},
      });
      try {
        const objects = load(row.file).objects.map(({ object }) => object);
        const { wrote = {}, ...rest } = row;
        const heard = OTHER_WORDS.has(row.file) ? rest : { ...rest, wrote };
        expect(await play(engine, heard, objects, untilDone)).toBe(row.outcome);
      } finally {
        await engine.close();
      }
    },
    LONGEST_MS,
  );
});
