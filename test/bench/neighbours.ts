/** What a guest feels of others that never rest: a probe beside two endless loops, and the end of such a loop. */
import { setImmediate } from 'node:timers/promises';
import type { Runtime } from '../../src/runtime/port.ts';
import { BenchPod } from './containers.ts';
import { type Figures, figures } from './measure.ts';

const SPIN = ['sh', '-c', 'while :; do :; done'];

/** Round trips of an HTTP probe to nginx while two other containers spin. */
export async function probeBesideSpinners(runtime: Runtime, count: number): Promise<Figures> {
  const pod = await BenchPod.open(runtime, 'bench-probe');
  try {
    await pod.start([], 'nginx:1.29');
    const request = { scheme: 'HTTP', host: await pod.address(), port: 80, path: '/', headers: [] } as const;
    await untilAnswered(() => runtime.network.httpGet(request, 10));
    await pod.start(SPIN);
    await pod.start(SPIN);
    const values: number[] = [];
    for (let run = -5; run < count; run++) {
      const startedAt = performance.now();
      const { statusCode } = await runtime.network.httpGet(request, 10);
      if (statusCode !== 200) throw new Error(`the probe got ${statusCode}`);
      if (run >= 0) values.push(performance.now() - startedAt);
    }
    return figures(values);
  } finally {
    await pod.close();
  }
}

/** A server needs a moment before it listens. @throws what it said the last time, after five seconds. */
async function untilAnswered(ask: () => Promise<unknown>): Promise<void> {
  const deadline = performance.now() + 5_000;
  for (;;) {
    try {
      await ask();
      return;
    } catch (error) {
      if (performance.now() > deadline) throw error;
      await setImmediate();
    }
  }
}

/** From SIGKILL to the container's end, for a program that never gives its turn back by itself. */
export async function killToDead(runtime: Runtime, count: number): Promise<Figures> {
  const pod = await BenchPod.open(runtime, 'bench-kill');
  const values: number[] = [];
  const ends = new Map<string, (atMs: number) => void>();
  const unsubscribe = runtime.runtimeService.subscribe((event) => {
    if (event.type === 'containerExited') ends.get(event.containerId)?.(performance.now());
  });
  try {
    for (let run = 0; run < count; run++) {
      const id = await pod.start(SPIN);
      const ended = new Promise<number>((resolve) => ends.set(id, resolve));
      await runtime.runtimeService.containerStatus(id);
      const startedAt = performance.now();
      const stopped = runtime.runtimeService.stopContainer(id, 0);
      values.push((await ended) - startedAt);
      await stopped;
      await runtime.runtimeService.removeContainer(id);
    }
    return figures(values);
  } finally {
    unsubscribe();
    await pod.close();
  }
}
