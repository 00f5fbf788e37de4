import { beforeEach, expect, test } from 'vitest';
import { CpuGroup } from '../../../../src/runtime/wasm/scheduler/cpu-group.ts';
import { CpuShares } from '../../../../src/runtime/wasm/scheduler/cpu-shares.ts';
import { Timers } from '../../../../src/runtime/wasm/scheduler/timers.ts';

const MS = 1_000_000;
let nowNs: number;
let timers: Timers;
let cpus: CpuShares;
let done: string[];

beforeEach(() => {
  nowNs = 0;
  timers = new Timers(() => {});
  cpus = new CpuShares(2, timers, () => nowNs);
  done = [];
});

const group = (cpuShares = 1024, cpuQuota = 0, parent?: CpuGroup) =>
  new CpuGroup({ cpuShares, cpuQuota, cpuPeriod: 100_000 }, nowNs, parent);

const work = (name: string, of: CpuGroup, workMs: number) =>
  cpus.begin(of, workMs * MS, () => done.push(`${name} ${Math.round(nowNs / MS)}`));

/** Lets time pass as the clock does, from timer to timer. */
function pass(untilMs = 10_000): readonly string[] {
  for (;;) {
    const next = timers.next();
    if (next === undefined || Number(next) > untilMs * MS) break;
    nowNs = Number(next);
    timers.fireDue(next);
  }
  nowNs = Math.max(nowNs, untilMs * MS);
  return done;
}

test('with CPUs enough work takes as long as it is', () => {
  work('a', group(), 250);
  work('b', group(), 100);
  expect(pass()).toEqual(['b 100', 'a 250']);
});

test('one process gets no more than one CPU', () => {
  work('a', group(10_000), 100);
  expect(pass()).toEqual(['a 100']);
});

test('who weighs twice as much gets twice as much, and what the others leave', () => {
  const pods = { light: group(1024), heavy: group(1024) };
  pods.light.weight = 100;
  pods.heavy.weight = 200;
  for (const name of ['x', 'y', 'z']) work(`light ${name}`, pods.light, 40);
  for (const name of ['x', 'y', 'z']) work(`heavy ${name}`, pods.heavy, 40);
  // Of two CPUs the heavy ones have 4/3, 4/9 each, until 90 ms; then the light ones have a 2/3 CPU each.
  expect(pass()).toEqual([
    'heavy x 90',
    'heavy y 90',
    'heavy z 90',
    'light x 120',
    'light y 120',
    'light z 120',
  ]);
});

test('pods share first, then the containers in them', () => {
  const [alone, crowded] = [group(), group()];
  cpus = new CpuShares(1, timers, () => nowNs);
  work('alone', group(1024, 0, alone), 50);
  work('one', group(1024, 0, crowded), 50);
  work('other', group(1024, 0, crowded), 50);
  expect(pass()).toEqual(['alone 100', 'one 150', 'other 150']);
});

test('a quota stops work until the next period', () => {
  const limited = group(1024, 30_000);
  work('a', limited, 70);
  expect(pass()).toEqual(['a 210']);
  expect(limited.statAt(10_000 * MS)).toMatchObject({
    periods: 3,
    throttledPeriods: 2,
    throttledNs: 140 * MS,
  });
});

test('the quota of a pod is its containers’ together', () => {
  const pod = group(1024, 50_000);
  work('a', group(1024, 0, pod), 50);
  work('b', group(1024, 0, pod), 50);
  expect(pass()).toEqual(['a 125', 'b 125']);
});

test('who comes later slows the others down from then on', () => {
  cpus = new CpuShares(1, timers, () => nowNs);
  work('a', group(), 100);
  pass(50);
  work('b', group(), 20);
  expect(pass()).toEqual(['b 90', 'a 120']);
});

test('work that is given up leaves its share to the others', () => {
  cpus = new CpuShares(1, timers, () => nowNs);
  work('a', group(), 100);
  const giveUp = work('b', group(), 100);
  pass(20);
  giveUp();
  expect(pass()).toEqual(['a 110']);
});
