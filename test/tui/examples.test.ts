import { readdir, readFile } from 'node:fs/promises';
import { afterEach, describe, expect, it } from 'vitest';
import { loadManifests } from '../../src/api/load.ts';
import { composeEngine } from '../../src/compose/engine.ts';
import type { Engine } from '../../src/engine/types.ts';
import { podWords } from '../../src/tui/model/pod-status.ts';

const directory = new URL('../../tutorials/examples/', import.meta.url);
const open: Engine[] = [];

interface Told {
  readonly status: string;
  readonly restarts: number;
  readonly reasons: ReadonlySet<string>;
  readonly log: string;
  readonly ran: (seconds: number) => Promise<void>;
  readonly remove: () => void;
}

/** Runs an example with real guests in virtual time. */
async function play(name: string): Promise<() => Told> {
  const engine = await composeEngine({ runtime: 'wasm', clock: 'virtual', seed: 1, nodeName: 'node-1' });
  open.push(engine);
  const reasons = new Set<string>();
  engine.listen({ onEvent: ({ reason }) => reasons.add(reason ?? '') });
  engine.start();
  const { objects, errors } = loadManifests(await readFile(new URL(name, directory), 'utf8'), name);
  expect(errors).toEqual([]);
  const [applied] = objects.map(({ object }) => engine.apply(object));
  return () => {
    const [pod] = engine.pods();
    const containers = pod ? [...(pod.spec.initContainers ?? []), ...pod.spec.containers] : [];
    return {
      status: pod ? podWords(pod).status : 'gone',
      restarts: pod ? podWords(pod).restarts : 0,
      reasons,
      log: containers
        .flatMap((container) => engine.logs(pod?.metadata.uid ?? '', container.name))
        .map(({ text }) => text)
        .join('\n'),
      ran: async (seconds) => void (await engine.run({ forMs: seconds * 1000 })),
      remove: () => engine.deletePod('default', String(applied?.metadata.name)),
    };
  };
}

afterEach(async () => {
  for (const engine of open.splice(0)) await engine.close();
});

/** What each example promises in its first line. */
const PROMISES: Readonly<Record<string, (now: () => Told) => Promise<void>>> = {
  '01-web-server.yaml': async (now) => {
    await now().ran(5);
    expect(now().status).toBe('Running');
    now().remove();
    await now().ran(40);
    expect(now().status).toBe('gone');
  },
  '02-crash-loop.yaml': async (now) => {
    // Runs begin at 0 s, at once after the first end, then 10 s and 20 s after the ends that follow.
    await now().ran(45);
    expect(now()).toMatchObject({ status: 'CrashLoopBackOff', restarts: 3 });
    expect(now().log).toContain('giving up');
  },
  '03-liveness-probe.yaml': async (now) => {
    await now().ran(60);
    expect(now().restarts).toBe(1);
    expect([...now().reasons]).toEqual(expect.arrayContaining(['Unhealthy', 'Killing']));
  },
  '04-readiness-probe.yaml': async (now) => {
    await now().ran(5);
    expect(now()).toMatchObject({ status: 'Running', restarts: 0 });
    expect([...now().reasons]).toContain('Unhealthy');
  },
  '05-init-containers.yaml': async (now) => {
    await now().ran(2);
    expect(now().status).toBe('Init:0/2');
    await now().ran(8);
    expect(now().status).toBe('Running');
  },
  '06-hooks.yaml': async (now) => {
    await now().ran(5);
    now().remove();
    await now().ran(3);
    expect(now().status).toBe('Terminating');
    await now().ran(20);
    expect(now().status).toBe('gone');
  },
  '07-out-of-memory.yaml': async (now) => {
    await now().ran(30);
    expect(now().restarts).toBeGreaterThan(0);
    expect(['OOMKilled', 'CrashLoopBackOff']).toContain(now().status);
  },
  '08-no-such-image.yaml': async (now) => {
    await now().ran(3);
    expect(['ErrImagePull', 'ImagePullBackOff']).toContain(now().status);
  },
  '09-done-once.yaml': async (now) => {
    await now().ran(10);
    expect(now().status).toBe('Completed');
    expect(now().log).toBe('part 1\npart 2\npart 3');
  },
  '10-ignores-term.yaml': async (now) => {
    await now().ran(5);
    now().remove();
    await now().ran(8);
    expect(now().status).toBe('Terminating');
    await now().ran(10);
    expect(now().status).toBe('gone');
  },
};

describe('the examples that come along', () => {
  it('are all held to what they promise', async () => {
    expect((await readdir(directory)).sort()).toEqual(Object.keys(PROMISES).sort());
  });

  for (const [name, holds] of Object.entries(PROMISES)) {
    it(`does what it promises: ${name}`, async () => holds(await play(name)));
  }
});
