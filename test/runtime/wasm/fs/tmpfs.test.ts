import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { Tmpfs } from '../../../../src/runtime/wasm/fs/tmpfs.ts';

const PAGE = 4096;

let directory: string;
beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'podstep-tmpfs-'));
});
afterEach(() => rmSync(directory, { recursive: true, force: true }));

function payer(limitPages = 100) {
  const account = {
    pages: 0,
    take: (bytes: number) => {
      if (account.pages + bytes / PAGE > limitPages) return false;
      account.pages += bytes / PAGE;
      return true;
    },
    free: (bytes: number) => {
      account.pages -= bytes / PAGE;
    },
    charge: (bytes: number) => {
      account.pages += bytes / PAGE;
    },
  };
  return account;
}

const volume = (pod = payer()) => new Tmpfs(directory, 8 * PAGE, pod);

test('who appends pays, in whole pages, and is paid back first when the end is cut off', () => {
  const [first, second, tmpfs] = [payer(), payer(), volume()];
  tmpfs.resize('a', 0, PAGE + 1, first);
  tmpfs.resize('a', PAGE + 1, 5 * PAGE, second);
  expect([first.pages, second.pages]).toEqual([2, 3]);
  tmpfs.resize('a', 5 * PAGE, PAGE, first);
  expect([first.pages, second.pages]).toEqual([1, 0]);
});

test('beyond its size there is no space; a payer who cannot pay gets none either', () => {
  const [rich, poor, tmpfs] = [payer(), payer(1), volume()];
  expect(() => tmpfs.resize('a', 0, 8 * PAGE + 1, rich)).toThrow('insufficient-space');
  expect(() => tmpfs.resize('a', 0, 2 * PAGE, poor)).toThrow('insufficient-memory');
  expect([rich.pages, poor.pages]).toEqual([0, 0]);
  tmpfs.resize('a', 0, 8 * PAGE, rich);
});

test('a file without a name is paid for as long as somebody has it open', () => {
  const [one, tmpfs] = [payer(), volume()];
  tmpfs.opened('a');
  tmpfs.resize('a', 0, PAGE, one);
  tmpfs.unlinked('a', PAGE);
  expect(one.pages).toBe(1);
  tmpfs.closed('a', PAGE, true);
  expect(one.pages).toBe(0);
});

test('what was there before is the pod’s, and is given back with its file', () => {
  writeFileSync(join(directory, 'old'), new Uint8Array(3 * PAGE));
  const [pod, one] = [payer(), payer()];
  const tmpfs = volume(pod);
  expect(pod.pages).toBe(3);
  tmpfs.resize('old', 3 * PAGE, 4 * PAGE, one);
  expect([pod.pages, one.pages]).toEqual([3, 1]);
  tmpfs.unlinked('old', 4 * PAGE);
  expect([pod.pages, one.pages]).toEqual([0, 0]);
});
