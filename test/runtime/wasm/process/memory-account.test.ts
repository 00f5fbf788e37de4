import { expect, test } from 'vitest';
import {
  type ContainerMemory,
  NodeMemory,
  type OomProcess,
} from '../../../../src/runtime/wasm/process/node-memory.ts';

const PAGE = 65_536;

/** A node of so many pages, and what its kernel's log says. */
function node(pages: number) {
  const log: string[] = [];
  const memory = new NodeMemory(pages * PAGE, (_victim, { name }) => log.push(name));
  return { memory, log };
}

/** A container with one process, which holds what the container's own group counts. */
function container(
  memory: NodeMemory,
  name: string,
  limitPages = 0,
  oomScoreAdj = 0,
  podId = name,
  oomGroup = true,
) {
  let killed = false;
  let killedAlone = false;
  let made: ContainerMemory | undefined;
  const processes = (): OomProcess[] =>
    killed || killedAlone
      ? []
      : [
          {
            hostPid: 1,
            name,
            memoryBytes: made?.own.usedBytes ?? 0,
            oomScoreAdj,
            oomKill: () => {
              killedAlone = true;
              made?.account.free(made.own.usedBytes);
            },
          },
        ];
  const oomKill = () => {
    killed = true;
  };
  made = memory.addContainer(
    { podId, containerId: name, oomGroup, oomProcesses: processes, oomKill },
    limitPages * PAGE,
  );
  return { ...made, killed: () => killed, killedAlone: () => killedAlone };
}

test('a container takes up to its limit; what asks for more is out of memory, and the node is not', () => {
  const { memory, log } = node(100);
  const one = container(memory, 'one', 3);
  expect([one.account.take(2 * PAGE), one.account.take(1 * PAGE), one.killed()]).toEqual([true, true, false]);
  expect([one.account.take(1 * PAGE), one.killed(), log]).toEqual([false, true, []]);
  expect([one.own.usedBytes, one.account.take(1 * PAGE)]).toEqual([0, false]);
});

test('what is given back can be taken again', () => {
  const { account } = container(node(100).memory, 'one', 3);
  expect(account.take(3 * PAGE)).toBe(true);
  account.free(2 * PAGE);
  expect(account.take(2 * PAGE)).toBe(true);
});

test('the node’s killer takes the worst score, not who asked, and the one who asked goes on', () => {
  const { memory, log } = node(10);
  const guaranteed = container(memory, 'guaranteed', 0, -997);
  const bestEffort = container(memory, 'best-effort', 0, 1000);
  expect([bestEffort.account.take(3 * PAGE), guaranteed.account.take(7 * PAGE)]).toEqual([true, true]);
  expect([guaranteed.account.take(1 * PAGE), log]).toEqual([true, ['best-effort']]);
  expect([bestEffort.killed(), guaranteed.killed()]).toEqual([true, false]);
});

test('of the same adjustment the larger one goes, also when it is the one that asks', () => {
  const { memory, log } = node(10);
  const [small, large] = [container(memory, 'small'), container(memory, 'large')];
  small.account.take(4 * PAGE);
  large.account.take(6 * PAGE);
  expect([large.account.take(1 * PAGE), small.killed(), log]).toEqual([false, false, ['large']]);
  expect(small.account.take(6 * PAGE)).toBe(true);
});

test('a pod’s own bound counts what its containers hold together, and is no trouble of the node’s', () => {
  const { memory, log } = node(100);
  memory.addPod('pod', 5 * PAGE);
  const [app, sidecar] = [container(memory, 'app', 0, 900, 'pod'), container(memory, 'side', 0, 950, 'pod')];
  expect([app.account.take(3 * PAGE), sidecar.account.take(2 * PAGE)]).toEqual([true, true]);
  expect([app.account.take(1 * PAGE), sidecar.killed(), app.killed(), log]).toEqual([false, false, true, []]);
});

test('a limit that is lowered below what is held kills', () => {
  const { own, account, killed } = container(node(100).memory, 'one', 8);
  account.take(6 * PAGE);
  own.limitBytes = 7 * PAGE;
  expect(killed()).toBe(false);
  own.limitBytes = 5 * PAGE;
  expect([killed(), own.usedBytes]).toEqual([true, 0]);
});

test('an adjustment of -1000 is never killed; then nobody makes room', () => {
  const { memory } = node(4);
  const untouchable = container(memory, 'untouchable', 0, -1000);
  expect([
    untouchable.account.take(4 * PAGE),
    untouchable.account.take(1 * PAGE),
    untouchable.killed(),
  ]).toEqual([true, false, false]);
});

test('without memory.oom.group the process goes, and its container stays', () => {
  const { memory } = node(100);
  const one = container(memory, 'one', 3, 0, 'one', false);
  expect(one.account.take(3 * PAGE)).toBe(true);
  expect([one.account.take(PAGE), one.killedAlone(), one.killed()]).toEqual([true, true, false]);
  expect(one.own.usedBytes).toBe(PAGE);
});

test('who is killed alone for what it asked does not get it', () => {
  const one = container(node(100).memory, 'one', 3, 0, 'one', false);
  expect(one.account.take(4 * PAGE, () => !one.killedAlone())).toBe(false);
  expect(one.own.usedBytes).toBe(0);
});
