/**
 * Runs hostile programs, one a case, beside a neighbour in another pod on the same thread: each must end as its case
 * says, and it alone. Afterwards the neighbour still answers and its clock goes on, nothing of the host was seen or
 * touched, and the program can be started again.
 */
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { guestImages } from '../guest-image.ts';
import { GuestRuntime } from '../guest-runtime.ts';
import { imagesOf, transpile } from '../program-image.ts';

/** How a container ends: by itself, or not before it is killed. */
export interface End {
  readonly exitCode: number;
  readonly reason?: 'Completed' | 'Error' | 'OOMKilled';
  readonly message?: RegExp;
}

export interface HostileCase {
  readonly name: string;
  readonly program: () => Promise<Uint8Array>;
  /** `'endless'`: it runs until it is killed, and others run beside it. */
  readonly ends: End | 'endless';
  readonly memoryLimitBytes?: number;
}

export const ABORTED: End = { exitCode: 134, reason: 'Error' };
export const SEGMENTATION_FAULT: End = { exitCode: 139, reason: 'Error' };
export const FINISHED: End = { exitCode: 0, reason: 'Completed' };
export const OUT_OF_MEMORY: End = { exitCode: 137, reason: 'OOMKilled' };

const SECRET = 'PODSTEP_HOSTILE_SECRET';
/** What a garbage collection may still be about to take. */
const HELD_LIMIT_BYTES = 768 << 20;

/** Every case once for each clock. */
export function hostileSuite(
  cases: readonly HostileCase[],
  clocks: readonly ('virtual' | 'wall')[] = ['virtual', 'wall'],
): void {
  describe.each(clocks)('in %s time', (clock) => {
    let guests: GuestRuntime;
    let neighbour: Neighbour;
    let outside: string;
    let heldBytes: number;

    beforeAll(async () => {
      outside = mkdtempSync(join(tmpdir(), 'podstep-hostile-'));
      writeFileSync(join(outside, 'secret'), SECRET);
      process.env[SECRET] = SECRET;
      guests = await GuestRuntime.open(clock, 1, { images: await imagesWith(cases) });
      neighbour = await Neighbour.start(guests);
      heldBytes = process.memoryUsage.rss();
    }, 240_000);
    afterAll(async () => {
      await guests.close();
      rmSync(outside, { recursive: true, force: true });
      delete process.env[SECRET];
    });

    const named = cases.map((one, index) => [one.name, one, index] as const);
    test.each(named)('%s', async (_, { ends, memoryLimitBytes = 64 << 20 }, index) => {
      // Twice: what the first run has left behind does not change the second.
      for (let run = 0; run < 2; run++) {
        const command = [`case-${index}`];
        const id = await guests.start([], { command, memoryLimitBytes });
        if (ends === 'endless') {
          await neighbour.goesOn();
          expect((await guests.service.containerStatus(id)).state).toBe('CONTAINER_RUNNING');
          await guests.settle(guests.service.stopContainer(id, 0));
        }
        const { message, ...end } = ends === 'endless' ? { exitCode: 137, message: undefined } : ends;
        const status = await guests.exited(id);
        expect(status).toMatchObject(end);
        if (message !== undefined) expect(status.message).toMatch(message);
        expect(await guests.log(id)).not.toContain(SECRET);
        await guests.settle(guests.service.removeContainer(id));
      }
      await neighbour.goesOn();
      expect(readdirSync(outside)).toEqual(['secret']);
      expect(readFileSync(join(outside, 'secret'), 'utf8')).toBe(SECRET);
      expect(guests.events.filter(({ type }) => type === 'runtimeDied')).toEqual([]);
    });

    test('and the memory of all of them came back', async () => {
      await guests.pass(100);
      expect(process.memoryUsage.rss() - heldBytes).toBeLessThan(HELD_LIMIT_BYTES);
      const { memoryWorkingSetBytes } = await guests.settle(guests.service.containerStats(neighbour.server));
      expect(memoryWorkingSetBytes).toBeLessThan(16 << 20);
    });
  });
}

async function imagesWith(cases: readonly HostileCase[]) {
  const image = await (await guestImages()).compiled('guest:1');
  if (image === null) throw new Error('no guest');
  const programs = { ...image.programs };
  const files = [...image.files];
  for (const [index, { program }] of cases.entries()) {
    const path = `/bin/case-${index}`;
    try {
      programs[path] = await transpile(await program());
    } catch (cause) {
      throw new Error(`case "${cases[index]?.name}" cannot be made`, { cause });
    }
    files.push({ type: 'file', path, mode: 0o755, content: new Uint8Array(0) });
  }
  return imagesOf({ ...image, programs, files });
}

/** A server and a clock in a pod that has nothing to do with the case. */
class Neighbour {
  readonly #guests: GuestRuntime;
  readonly #ip: string;
  readonly #ticker: string;
  readonly server: string;
  #ticks = 0;

  private constructor(guests: GuestRuntime, ip: string, server: string, ticker: string) {
    this.#guests = guests;
    this.#ip = ip;
    this.server = server;
    this.#ticker = ticker;
  }

  static async start(guests: GuestRuntime): Promise<Neighbour> {
    const sandboxId = await guests.sandbox();
    const server = await guests.start(['serve', '0.0.0.0', '8080'], { sandboxId });
    await guests.logged(server, 'listening');
    const ticker = await guests.start(['tick', '20'], { sandboxId });
    return new Neighbour(guests, await guests.ip(sandboxId), server, ticker);
  }

  /** It answers a probe, and its clock has ticked on. */
  async goesOn(): Promise<void> {
    const request = { scheme: 'HTTP', host: this.#ip, port: 8080, path: '/', headers: [] } as const;
    const { statusCode } = await this.#guests.settle(this.#guests.runtime.network.httpGet(request, 10));
    expect(statusCode).toBe(200);
    await this.#guests.until(async () => (await this.#last()) > this.#ticks);
    this.#ticks = await this.#last();
  }

  async #last(): Promise<number> {
    const lines = await this.#guests.service.containerLog(this.#ticker);
    return Number(lines.at(-1)?.text.replace('tick ', '') ?? 0);
  }
}
