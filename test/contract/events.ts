/** The contract on the stream of container events (CRI GetContainerEvents). */
import { expect, test } from 'vitest';
import type { ContainerEvent } from '../../src/api/cri.ts';
import { type Bench, PROGRAM } from './setup.ts';

export function eventContract(bench: () => Bench): void {
  const service = () => bench().runtime.runtimeService;
  const listening = async () => {
    const events: ContainerEvent[] = [];
    const close = await bench().settle(
      service().getContainerEvents(
        (event) => void events.push(event),
        (error) => {
          throw error;
        },
      ),
    );
    return { events, close, types: () => events.map(({ type, containerId }) => [type, containerId]) };
  };

  test('a sandbox and a container are told of from the beginning to the end', async () => {
    const { types, close } = await listening();
    const { id, sandboxId } = await bench().running('app', PROGRAM.exits3);
    await bench().exited(id);
    await bench().settle(service().removeContainer(id));
    await bench().settle(service().stopPodSandbox(sandboxId));
    await bench().settle(service().removePodSandbox(sandboxId));
    await bench().until(() => types().length >= 8, 'all is told');
    expect(types()).toEqual([
      ['CONTAINER_CREATED_EVENT', sandboxId],
      ['CONTAINER_STARTED_EVENT', sandboxId],
      ['CONTAINER_CREATED_EVENT', id],
      ['CONTAINER_STARTED_EVENT', id],
      ['CONTAINER_STOPPED_EVENT', id],
      ['CONTAINER_DELETED_EVENT', id],
      ['CONTAINER_STOPPED_EVENT', sandboxId],
      ['CONTAINER_DELETED_EVENT', sandboxId],
    ]);
    close();
  });

  test('an event says how the sandbox and all its containers stood right then', async () => {
    const { events, close } = await listening();
    const { id, sandboxId } = await bench().running('app', PROGRAM.sleeps30);
    const other = await bench().running('other', PROGRAM.exits3, { sandboxId });
    await bench().exited(other.id);
    const isLast = () => events.at(-1)?.type === 'CONTAINER_STOPPED_EVENT';
    await bench().until(isLast, 'the end is told');
    const last = events.at(-1);
    expect(last).toMatchObject({ type: 'CONTAINER_STOPPED_EVENT', containerId: other.id });
    expect(last?.podSandboxStatus).toMatchObject({ id: sandboxId, state: 'SANDBOX_READY' });
    // In wall time the event is made a moment after the end that it tells of.
    const lateMs = (last?.createdAtMs ?? 0) - (await service().containerStatus(other.id)).finishedAtMs;
    expect(lateMs).toBeGreaterThanOrEqual(0);
    if (bench().virtual) expect(lateMs).toBe(0);
    expect(last?.containersStatuses.map(({ id, state, exitCode }) => [id, state, exitCode])).toEqual([
      [id, 'CONTAINER_RUNNING', 0],
      [other.id, 'CONTAINER_EXITED', 3],
    ]);
    close();
  });

  test('a sandbox that is removed while it runs takes what is in it along, told one by one', async () => {
    const { id, sandboxId } = await bench().running('app', PROGRAM.sleeps30);
    const { types, close } = await listening();
    // In wall time the beginning may be told as late as this.
    const begun = ['CONTAINER_CREATED_EVENT', 'CONTAINER_STARTED_EVENT'];
    const ends = () => types().filter(([type = '']) => !begun.includes(type));
    await bench().settle(service().removePodSandbox(sandboxId));
    await bench().until(() => ends().length >= 4, 'all is told');
    expect(ends()).toEqual(
      expect.arrayContaining([
        ['CONTAINER_STOPPED_EVENT', id],
        ['CONTAINER_STOPPED_EVENT', sandboxId],
        ['CONTAINER_DELETED_EVENT', id],
        ['CONTAINER_DELETED_EVENT', sandboxId],
      ]),
    );
    expect(ends()).toHaveLength(4);
    close();
  });

  test('a closed stream tells nothing more', async () => {
    const { events, close } = await listening();
    close();
    await bench().running('app', PROGRAM.sleeps30);
    expect(events).toEqual([]);
  });
}
