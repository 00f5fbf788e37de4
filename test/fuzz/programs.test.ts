/**
 * Real programs with bytes and sections changed at random: each is refused in a sentence, or runs to a status of its
 * own, and the thread lives. `FUZZ_RUNS` and `FUZZ_SEED` go deeper; the same two give the same programs.
 */
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { nextUint32, type RandomState, seedRandom } from '../../src/lib/random.ts';
import type { CompiledComponent } from '../../src/runtime/wasm/image.ts';
import { TranspiledComponents } from '../../src/runtime/wasm/images/transpiled.ts';
import { guestImages } from '../runtime/wasm/guest-image.ts';
import { GuestRuntime } from '../runtime/wasm/guest-runtime.ts';
import { imagesOf, sha256 } from '../runtime/wasm/program-image.ts';

const SEED = Number(process.env.FUZZ_SEED ?? 20_260_101);
const RUNS = Number(process.env.FUZZ_RUNS ?? 60);
const root = join(import.meta.dirname, '../..');

const PROGRAMS = [
  'workloads/pause/pause.wasm',
  'workloads/servers/servers.wasm',
  'test/runtime/wasm/corpus/programs/assemblyscript-p2.wasm',
  'test/runtime/wasm/corpus/programs/assemblyscript.wasm',
  'test/runtime/wasm/corpus/programs/preview1.wasm',
];

class Dice {
  #state: RandomState;
  constructor(seed: number) {
    this.#state = seedRandom(seed);
  }
  below(count: number): number {
    const [word, next] = nextUint32(this.#state);
    this.#state = next;
    return word % count;
  }
}

/** Where each section of a module or component begins and ends, with its head. */
function sections(bytes: Uint8Array): readonly (readonly [start: number, end: number])[] {
  const found: (readonly [number, number])[] = [];
  for (let at = 8; at < bytes.length; ) {
    const start = at++;
    let length = 0;
    for (let shift = 0, more = true; more && shift < 35; shift += 7) {
      const byte = bytes[at++] ?? 0;
      length += (byte & 0x7f) * 2 ** shift;
      more = byte >= 0x80;
    }
    at += length;
    found.push([start, Math.min(at, bytes.length)]);
  }
  return found;
}

const joined = (...parts: readonly Uint8Array[]) => Uint8Array.from(Buffer.concat(parts));

/** One change: some bytes, a run of bytes, the length, or a section that is gone, twice or elsewhere. */
function changed(bytes: Uint8Array, dice: Dice): Uint8Array {
  const all = sections(bytes);
  const [start, end] = all[dice.below(all.length)] ?? [8, bytes.length];
  const section = bytes.subarray(start, end);
  const copy = Uint8Array.from(bytes);
  switch (dice.below(6)) {
    case 0:
      for (let count = 1 + dice.below(8); count > 0; count--) copy[dice.below(copy.length)] = dice.below(256);
      return copy;
    case 1:
      copy[start + dice.below(Math.min(64, end - start))] = dice.below(256);
      return copy;
    case 2:
      return joined(bytes.subarray(0, start), bytes.subarray(end));
    case 3:
      return joined(bytes.subarray(0, end), section, bytes.subarray(end));
    case 4:
      return joined(bytes.subarray(0, start), bytes.subarray(end), section);
    default:
      return bytes.slice(0, 8 + dice.below(bytes.length - 8));
  }
}

let directory: string;
let transpiled: TranspiledComponents;
const unhandled: unknown[] = [];
const note = (reason: unknown) => void unhandled.push(reason);

beforeAll(() => {
  directory = mkdtempSync(join(tmpdir(), 'podstep-fuzz-'));
  transpiled = new TranspiledComponents(join(directory, 'store'));
  process.on('unhandledRejection', note);
});
afterAll(() => {
  process.off('unhandledRejection', note);
  rmSync(directory, { recursive: true, force: true });
});

/** The compiled program, or the sentence in which it was refused. */
async function compiled(bytes: Uint8Array): Promise<CompiledComponent | string> {
  const digest = `sha256:${sha256(bytes)}`;
  try {
    await transpiled.make([{ digest, read: async () => bytes }]);
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
  return (await transpiled.find(digest)) ?? 'it was not kept';
}

/** Starts it, lets it run for two seconds of its time, and kills it. */
async function status(guests: GuestRuntime, name: string) {
  const id = await guests.start([], { command: [name], memoryLimitBytes: 64 << 20 });
  await guests.pass(2_000);
  await guests.settle(guests.service.stopContainer(id, 0));
  return guests.exited(id);
}

test(`${RUNS} changed programs, seed ${SEED}`, async () => {
  const dice = new Dice(SEED);
  const originals = PROGRAMS.map((path) => readFileSync(join(root, path)));
  const image = await (await guestImages()).compiled('guest:1');
  if (image === null) throw new Error('no guest');
  const programs = { ...image.programs };
  const files = [...image.files];
  const names: string[] = [];
  let refusals = 0;
  for (let run = 0; run < RUNS; run++) {
    let bytes: Uint8Array = originals[dice.below(originals.length)] ?? new Uint8Array(0);
    for (let count = 1 + dice.below(3); count > 0; count--) bytes = changed(bytes, dice);
    const made = await compiled(bytes);
    if (typeof made === 'string') {
      expect(made, `run ${run}`).toMatch(/[a-z]{3,} [a-z]/i);
      expect(made, `run ${run}`).not.toMatch(/TypeError|Cannot read prop|is not a function|\[object/);
      refusals++;
      continue;
    }
    const path = `/bin/changed-${run}`;
    programs[path] = made;
    files.push({ type: 'file', path, mode: 0o755, content: new Uint8Array(0) });
    names.push(path);
  }
  const guests = await GuestRuntime.open('virtual', 1, { images: imagesOf({ ...image, programs, files }) });
  const neighbour = await guests.start(['tick']);
  for (const name of names) {
    const { exitCode, reason } = await status(guests, name);
    expect(exitCode, name).toBeGreaterThanOrEqual(0);
    expect(reason, name).toMatch(/^(Completed|Error|OOMKilled)$/);
  }
  expect((await guests.log(neighbour)).split('\n').length).toBeGreaterThanOrEqual(2 * names.length);
  expect(guests.events.filter(({ type }) => type === 'runtimeDied')).toEqual([]);
  expect(refusals).toBeGreaterThan(0);
  expect(names.length).toBeGreaterThan(0);
  expect(unhandled).toEqual([]);
  expect(readdirSync(directory)).toEqual(['store']);
  await guests.close();
}, 300_000);
