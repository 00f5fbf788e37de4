/** Logs of a real Engine's containers, as they come to the node's files. */
import { mkdirSync, mkdtempSync, readFileSync, renameSync, rmSync } from 'node:fs';
import { createServer, connect as dial, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, expect, it } from 'vitest';
import { EngineClient } from '../../../../src/runtime/docker/engine/client.ts';
import { type DockerLogs, dockerLogs } from '../../../../src/runtime/docker/logs/container-logs.ts';
import type { RuntimeEvent } from '../../../../src/runtime/port.ts';
import { BarePods } from '../bare-pods.ts';
import { connect, describeDocker, until } from '../engine-here.ts';

/** A way to the Engine that a test can cut. */
async function cuttable(path: string) {
  const open = new Set<Socket>();
  const server = createServer((near) => {
    const far = dial('/var/run/docker.sock');
    for (const socket of [near, far]) {
      open.add(socket);
      socket.on('error', () => {}).on('close', () => open.delete(socket));
    }
    near.pipe(far).pipe(near);
  });
  await new Promise<void>((resolve) => server.listen(path, resolve));
  const cut = () => {
    for (const socket of open) socket.destroy();
  };
  return {
    cut,
    get connections() {
      return open.size / 2;
    },
    close() {
      cut();
      server.close();
    },
  };
}

describeDocker('the log of a container on Docker', () => {
  const owner = `di-logs-${process.pid}`;
  let directory = '';
  let pods: BarePods;
  let sandbox = '';
  const open: DockerLogs[] = [];
  const events: RuntimeEvent[] = [];

  const logsOf = (engine: EngineClient) => {
    const logs = dockerLogs({ engine, pods, tell: (event) => events.push(event) });
    open.push(logs);
    return logs;
  };
  /** Starts it and follows its log. */
  const followed = async (name: string, script: string, more: { tty?: boolean } = {}) => {
    const id = await pods.container(sandbox, name, ['sh', '-c', script], more);
    const logs = logsOf(pods.engine);
    await logs.follow(id);
    return { id, logs, path: (await pods.containerStatus(id)).logPath };
  };
  const textsIn = (path: string) =>
    readFileSync(path, 'utf8')
      .replace(/\n$/, '')
      .split('\n')
      .map((line) => line.split(' ').slice(1).join(' '));

  beforeAll(async () => {
    directory = mkdtempSync(join(tmpdir(), 'podstep-docker-logs-'));
    pods = await BarePods.open(await connect(), owner, directory);
  });
  beforeEach(async () => {
    events.length = 0;
    mkdirSync(join(directory, 'uid'), { recursive: true });
    sandbox = await pods.sandbox('uid');
  });
  afterEach(async () => {
    for (const logs of open.splice(0)) logs.close();
    await pods.clear();
    rmSync(join(directory, 'uid'), { recursive: true });
  });
  afterAll(async () => {
    await pods.close();
    rmSync(directory, { recursive: true });
  });

  it('is written in the format of CRI, told line by line, and over once the container has ended', async () => {
    const { id, logs, path } = await followed(
      'both',
      'echo one; sleep 0.1; echo two >&2; sleep 0.1; printf three',
    );
    await logs.drained(id, 10_000);
    expect(textsIn(path)).toEqual(['stdout F one', 'stderr F two', 'stdout F three']);
    const lines = events.flatMap((event) => (event.type === 'logWritten' ? [event] : []));
    expect(lines.map(({ line }) => line.text)).toEqual(['one', 'two', 'three']);
    expect(lines[0]).toMatchObject({ containerId: id, podUid: 'uid', containerName: 'both' });
    expect(logs.bytes(id)).toBe(readFileSync(path).length);
    expect((await logs.containerLog(id)).map(({ text }) => text)).toEqual(['one', 'two', 'three']);
    expect((await logs.containerLog(id, { tailLines: 1 })).map(({ text }) => text)).toEqual(['three']);
  });

  it('has long lines in parts, also of a terminal', async () => {
    const script = 'head -c 40000 /dev/zero | tr "\\0" x; echo; echo end';
    for (const tty of [false, true]) {
      const { id, logs, path } = await followed(`long-${tty}`, script, { tty });
      await logs.drained(id, 10_000);
      const newline = tty ? 1 : 0;
      expect(textsIn(path).map((text) => [text.slice(0, 9), text.length - 9])).toEqual([
        ['stdout P ', 16_384],
        ['stdout P ', 16_384],
        ['stdout F ', 40_000 - 2 * 16_384 + newline],
        ['stdout F ', 3 + newline],
      ]);
    }
  });

  it('loses nothing and doubles nothing when the connection breaks again and again', async () => {
    const socket = join(directory, 'cut.sock');
    const way = await cuttable(socket);
    const engine = await EngineClient.connect({ type: 'socket', path: socket });
    const script = 'for round in $(seq 8); do seq 5000; seq 5000 >&2; sleep 0.2; done';
    const id = await pods.container(sandbox, 'many', ['sh', '-c', script]);
    const logs = logsOf(engine);
    await logs.follow(id);
    let cuts = 0;
    const breaking = setInterval(() => {
      // The last one gets through, however slow the machine is.
      if (way.connections === 0 || cuts === 6) return;
      way.cut();
      cuts++;
    }, 150);
    await logs.drained(id, 20_000);
    clearInterval(breaking);
    way.close();
    expect(cuts).toBeGreaterThan(2);
    const { logPath } = await pods.containerStatus(id);
    const numbers = Array.from({ length: 40_000 }, (_, index) => String((index % 5_000) + 1));
    const of = (stream: string) =>
      textsIn(logPath).flatMap((text) =>
        text.startsWith(`${stream} F `) ? [text.slice(stream.length + 3)] : [],
      );
    expect(of('stdout')).toEqual(numbers);
    expect(of('stderr')).toEqual(numbers);
  });

  it('goes on where it was after a restart of podstep, through a rotation as well', async () => {
    const { id, logs, path } = await followed('ticks', 'for i in $(seq 200); do echo $i; sleep 0.01; done');
    await until('some is written', () => logs.bytes(id) > 200);
    logs.close();
    const rotated = `${path}.20260101-000000`;
    renameSync(path, rotated);
    const later = logsOf(pods.engine);
    await later.follow(id);
    await later.drained(id, 20_000);
    const all = [...textsIn(rotated), ...textsIn(path)].map((text) => text.slice('stdout F '.length));
    expect(all).toEqual(Array.from({ length: 200 }, (_, index) => String(index + 1)));
    expect(textsIn(path).length).toBeGreaterThan(0);
    expect(later.bytes(id)).toBe(readFileSync(path).length + readFileSync(rotated).length);
  });

  it('is written under its own name again after a rotation, while the container runs', async () => {
    const { id, logs, path } = await followed('reopened', 'while true; do echo tick; sleep 0.02; done');
    await until('a line is written', () => logs.bytes(id) > 0);
    renameSync(path, `${path}.20260101-000000`);
    await logs.reopenContainerLog(id);
    await until('the new file grows', () => readFileSync(path).length > 0);
    await pods.kill(id);
    await logs.drained(id, 10_000);
    await expect(logs.reopenContainerLog(id)).rejects.toThrow('not running');
  });

  it('ends with the container’s removal, and is told even where the node has no place for it', async () => {
    rmSync(join(directory, 'uid'), { recursive: true });
    const { id, logs, path } = await followed('gone', 'echo here; sleep 600');
    await until('it is told', () => events.length > 0);
    await pods.remove(id);
    await logs.drained(id, 10_000);
    expect(dirname(dirname(path))).toBe(join(directory, 'uid'));
    mkdirSync(join(directory, 'uid'), { recursive: true });
  });
});
