/** The one contract that every runtime adapter passes: the port's words, made checkable. */
import { afterAll, afterEach, beforeAll, describe } from 'vitest';
import { containerContract } from './containers.ts';
import { eventContract } from './events.ts';
import { execContract, networkContract } from './exec.ts';
import { imageContract } from './images.ts';
import { logContract } from './logs.ts';
import { sandboxContract } from './sandboxes.ts';
import { sessionContract } from './sessions.ts';
import { Bench, type MakeRuntime } from './setup.ts';
import { timeContract } from './time.ts';

export { type MakeRuntime, PROGRAM } from './setup.ts';

/**
 * Runs the whole contract against the runtime that `make` makes. It must be able to pull `busybox:1.36`.
 * `time` says which clock it has: the part on virtual time is for runtimes whose clock the engine advances.
 */
export function runtimeContract(name: string, time: 'virtual' | 'wall', make: MakeRuntime): void {
  describe(`${name} keeps the contract`, () => {
    let bench: Bench | undefined;
    const current = () => {
      if (bench === undefined) throw new Error('the bench is not open');
      return bench;
    };
    beforeAll(async () => {
      bench = await Bench.open(make);
    });
    afterEach(async () => {
      const { runtimeService } = current().runtime;
      for (const { id } of await runtimeService.listPodSandbox()) {
        await current().settle(runtimeService.stopPodSandbox(id));
        await current().settle(runtimeService.removePodSandbox(id));
      }
      current().events.length = 0;
    });
    afterAll(async () => {
      await bench?.close();
    });

    describe('sandboxes', () => sandboxContract(current));
    describe('containers', () => containerContract(current));
    describe('container events', () => eventContract(current));
    describe('exec', () => execContract(current));
    describe('sessions', () => sessionContract(current));
    describe('network', () => networkContract(current));
    describe('logs', () => logContract(current));
    describe('images', () => imageContract(current));
    if (time === 'virtual') describe('time', () => timeContract(current, make));
  });
}
