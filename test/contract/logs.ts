/** The contract of a container's log on the node: CRI's format, and what a rotation needs. */
import { existsSync, mkdirSync, mkdtempSync, readFileSync, renameSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { type Bench, containerConfig, PROGRAM, sandboxConfig } from './setup.ts';

const LINE = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d{1,9})?Z (stdout|stderr) [FP] .*$/;

export function logContract(current: () => Bench): void {
  let directory = '';
  beforeEach(() => {
    directory = mkdtempSync(join(tmpdir(), 'podstep-logs-'));
  });
  afterEach(() => rmSync(directory, { recursive: true, force: true }));

  /** A started container whose pod has a log directory. */
  async function started(name: string, command: readonly string[]) {
    const { runtimeService } = current().runtime;
    const config = { ...sandboxConfig(name), logDirectory: join(directory, name) };
    mkdirSync(config.logDirectory);
    const sandboxId = await current().settle(runtimeService.runPodSandbox(config));
    const id = await current().settle(
      runtimeService.createContainer(sandboxId, containerConfig('c', command), config),
    );
    await current().settle(runtimeService.startContainer(id));
    return { id, path: join(config.logDirectory, 'c', '0.log') };
  }
  const linesOf = (path: string) =>
    existsSync(path) ? readFileSync(path, 'utf8').split('\n').slice(0, -1) : [];

  test('lies at its path in the format of CRI, with stream and tag', async () => {
    const { id, path } = await started('both', PROGRAM.writesBoth);
    await current().until(() => linesOf(path).length === 3, 'three lines are written');
    for (const line of linesOf(path)) expect(line).toMatch(LINE);
    const told = linesOf(path).map((line) => line.split(' ').slice(1).join(' '));
    expect(told.sort()).toEqual(['stderr F two', 'stdout F one', 'stdout F three']);
    const { runtimeService } = current().runtime;
    expect((await runtimeService.containerStatus(id)).logPath).toBe(path);
    const { logBytes } = await current().settle(runtimeService.containerStats(id));
    expect(logBytes).toBe(readFileSync(path).length);
  });

  test('is written on under the new name until it is opened again', async () => {
    const { id, path } = await started('ticks', PROGRAM.ticks);
    const { runtimeService } = current().runtime;
    await current().until(() => linesOf(path).length >= 1, 'a line is written');
    const rotated = `${path}.20260101-000000`;
    renameSync(path, rotated);
    await current().pass(1100);
    const before = linesOf(rotated).length;
    expect(before).toBeGreaterThanOrEqual(2);
    await current().settle(runtimeService.reopenContainerLog(id));
    await current().until(() => linesOf(path).some((line) => line.endsWith('tick')), 'the new file grows');
    expect(linesOf(rotated).length).toBe(before);
    const { logBytes } = await current().settle(runtimeService.containerStats(id));
    expect(logBytes).toBe(readFileSync(path).length + readFileSync(rotated).length);
  });

  test('cannot be opened again once the container has ended', async () => {
    const { id } = await started('over', PROGRAM.exits0);
    await current().exited(id);
    const { runtimeService } = current().runtime;
    await expect(current().settle(runtimeService.reopenContainerLog(id))).rejects.toThrow('not running');
  });
}
