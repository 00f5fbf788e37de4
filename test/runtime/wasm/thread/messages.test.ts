import { Worker } from 'node:worker_threads';
import { expect, test, vi } from 'vitest';
import { composeEngine } from '../../../../src/compose/engine.ts';

const SETTLE_MS = 60_000;
const PROBES = 12;
const PERIOD_MS = 10_000;

/** What the kubelet asks for all pods together, beside the probes: the containers' usage and the pods' traffic. */
const STATS_PERIOD_MS = 10_000;

test.each([
  ['httpGet', { httpGet: { path: '/', port: 80 } }],
  ['tcpSocket', { tcpSocket: { port: 80 } }],
  ['exec', { exec: { command: ['true'] } }],
])(
  'virtual time: a probe by %s is one message there and one back, and time that goes by is none',
  async (_, probe) => {
    const posted = vi.spyOn(Worker.prototype, 'postMessage');
    const emitted = vi.spyOn(Worker.prototype, 'emit');
    const engine = await composeEngine({ runtime: 'wasm', clock: 'virtual', seed: 1, nodeName: 'node-1' });
    try {
      engine.start();
      const container = { name: 'web', image: 'nginx:1.29', livenessProbe: probe };
      engine.apply({
        apiVersion: 'v1',
        kind: 'Pod',
        metadata: { name: 'web' },
        spec: { containers: [container] },
      });
      await engine.run({ forMs: SETTLE_MS });
      posted.mockClear();
      emitted.mockClear();
      let probes = 0;
      engine.listen({
        onStep: ({ event }) => {
          if (event.type === 'EffectSucceeded' && event.owner.key.startsWith('probe/')) probes++;
        },
      });
      await engine.run({ forMs: PROBES * PERIOD_MS });
      expect(probes).toBe(PROBES);
      const stats = (2 * (PROBES * PERIOD_MS)) / STATS_PERIOD_MS;
      const there = posted.mock.calls.filter(([message]) => Array.isArray(message));
      const back = emitted.mock.calls.filter(([event]) => event === 'message');
      expect(there.length).toBeGreaterThanOrEqual(PROBES);
      expect(there.length).toBeLessThanOrEqual(PROBES + stats + 2);
      expect(back.length).toBe(there.length);
    } finally {
      vi.restoreAllMocks();
      await engine.close();
    }
  },
);
