/**
 * Runs hostile programs, one a case, beside a neighbour in another pod on the same thread: each must end as its case
 * says, and it alone. Afterwards the neighbour still answers and its clock goes on, nothing of the host was seen or
 * touched, and the program can be started again.
 */
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { guestImages } from '../guest-image.ts';
import { GuestRuntime } from '../guest-runtime.ts';
import { imagesOf, transpile } from '../program-image.ts';
import { hideSecrets, Witness } from './witness.ts';

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

/** Every case once for each clock. */
export function hostileSuite(
  cases: readonly HostileCase[],
  clocks: readonly ('virtual' | 'wall')[] = ['virtual', 'wall'],
): void {
  describe.each(clocks)('in %s time', (clock) => {
    let guests: GuestRuntime;
    let witness: Witness;

    beforeAll(async () => {
      hideSecrets();
      guests = await GuestRuntime.open(clock, 1, { images: await imagesWith(cases) });
      witness = await Witness.open(guests);
    }, 240_000);
    afterAll(async () => {
      await guests.close();
      witness.close();
    });

    const named = cases.map((one, index) => [one.name, one, index] as const);
    test.each(named)('%s', async (_, { ends, memoryLimitBytes = 64 << 20 }, index) => {
      // Twice: what the first run has left behind does not change the second.
      for (let run = 0; run < 2; run++) {
        const command = [`case-${index}`];
        const sandboxId = await guests.sandbox();
        const id = await guests.start([], { command, memoryLimitBytes, sandboxId });
        if (ends === 'endless') {
          await witness.neighbour.goesOn();
          expect((await guests.service.containerStatus(id)).state).toBe('CONTAINER_RUNNING');
          await guests.settle(guests.service.stopContainer(id, 0));
        }
        const { message, ...end } = ends === 'endless' ? { exitCode: 137, message: undefined } : ends;
        const status = await guests.exited(id);
        expect(status).toMatchObject(end);
        if (message !== undefined) expect(status.message).toMatch(message);
        witness.sawNothing(await guests.log(id));
        await witness.removed(sandboxId, id);
      }
      await witness.nothingIsLeft();
    });

    test('and the memory of all of them came back', () => witness.memoryCameBack());
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
