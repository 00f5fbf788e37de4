import fc from 'fast-check';
import { expect, test } from 'vitest';
import { DEFAULT_CONFIGURATION } from '../../../src/api/kubelet-configuration/defaulting.ts';
import { podOf, World } from '../world.ts';

const MI = 2 ** 20;
/** Of 8Gi, so that a threshold of 1Gi is met above 7168 MiB. */
const THRESHOLD_MIB = 7_168;

const pods = fc.array(
  fc.record({
    requestMiB: fc.integer({ min: 0, max: 1_000 }),
    usesMiB: fc.integer({ min: 0, max: 4_000 }),
    priority: fc.constantFrom(0, 0, 0, 1_000, 2_000_000_000),
    comesAfterSeconds: fc.integer({ min: 0, max: 120 }),
    stopsAfterMs: fc.constantFrom(0, 500, 5_000),
  }),
  { minLength: 1, maxLength: 8 },
);

test('under memory pressure pods go one at a time, until there is room or only critical ones are left', () => {
  fc.assert(
    fc.property(pods, (wanted) => {
      const config = { ...DEFAULT_CONFIGURATION, evictionHard: { 'memory.available': '1Gi' } };
      const world = new World(undefined, config);
      wanted.forEach(({ usesMiB, requestMiB, priority, comesAfterSeconds, stopsAfterMs }, index) => {
        const name = `pod-${index}`;
        const resources = { requests: { memory: `${requestMiB}Mi` } };
        world.memory.set(name, usesMiB * MI);
        world.programs.set(name, { stopsAfterMs });
        world.later(comesAfterSeconds * 1_000, () =>
          world.apply(
            podOf({ priority, containers: [{ name, image: 'busybox', resources }] }, { name, uid: name }),
          ),
        );
      });
      world.run(600_000);
      const uses = (name: string) => (world.memory.get(name) ?? 0) / MI;
      const running = [...world.boxes.values()].filter(({ status }) => status.state === 'CONTAINER_RUNNING');
      const names = running.map(({ status }) => status.metadata.name);
      const left = wanted.flatMap(({ priority }, index) =>
        names.includes(`pod-${index}`) ? [{ priority, uses: uses(`pod-${index}`) }] : [],
      );
      const usedMiB = left.reduce((sum, pod) => sum + pod.uses, 0);
      expect(usedMiB <= THRESHOLD_MIB || left.every(({ priority }) => priority >= 2_000_000_000)).toBe(true);
      const evictions = world.trace.filter(
        ({ stage, event }) => stage === 'evict' && event === 'TerminatePod',
      );
      // One at a time: the next look comes a second after the kill at the earliest.
      const instants = evictions.map(({ atMs }) => atMs);
      expect(new Set(instants).size).toBe(instants.length);
      // Whoever was evicted stays so, and runs no more.
      for (const { object } of evictions) {
        expect(world.statuses.get(object.uid)).toMatchObject({ phase: 'Failed', reason: 'Evicted' });
        expect(names).not.toContain(object.name);
      }
    }),
    { numRuns: 30, seed: 1 },
  );
});
