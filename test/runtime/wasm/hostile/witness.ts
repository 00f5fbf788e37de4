/**
 * What must be so after every attack: the neighbour goes on, nothing of the host was seen or touched, and neither sockets nor
 * open files nor memory are left behind.
 */
import { mkdtempSync, readdirSync, readFileSync, readlinkSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { expect } from 'vitest';
import type { GuestRuntime } from '../guest-runtime.ts';

const SECRET = 'PODSTEP_HOSTILE_SECRET';
/** What a garbage collection may still be about to take. */
const HELD_LIMIT_BYTES = 384 << 20;
/** Of a case's own: what every run leaves open would soon pass it. */
const OPEN_FILES_SLACK = 4;

/** In this process' environment and arguments, where no guest may find it. Before its runtime is made. */
export function hideSecrets(): void {
  process.env[SECRET] = SECRET;
  if (!process.argv.includes(SECRET)) process.argv.push(SECRET);
}

export class Witness {
  readonly neighbour: Neighbour;
  readonly #guests: GuestRuntime;
  readonly #outside = mkdtempSync(join(tmpdir(), 'podstep-hostile-'));
  readonly #listening = listeningSockets();
  readonly #openFiles = openFiles();
  readonly #heldBytes = process.memoryUsage.rss();

  private constructor(guests: GuestRuntime, neighbour: Neighbour) {
    this.#guests = guests;
    this.neighbour = neighbour;
    writeFileSync(join(this.#outside, 'secret'), SECRET);
  }

  static async open(guests: GuestRuntime): Promise<Witness> {
    return new Witness(guests, await Neighbour.start(guests));
  }

  close(): void {
    rmSync(this.#outside, { recursive: true, force: true });
  }

  /** What a guest has written has nothing of the host's arguments and environment. */
  sawNothing(log: string): void {
    expect(log).not.toContain(SECRET);
    expect(log).not.toContain(process.execPath);
  }

  /** Takes a pod and its containers away. */
  async removed(sandboxId: string, ...containerIds: readonly string[]): Promise<void> {
    const { service } = this.#guests;
    await this.#guests.settle(service.stopPodSandbox(sandboxId));
    for (const id of containerIds) await this.#guests.settle(service.removeContainer(id));
    await this.#guests.settle(service.removePodSandbox(sandboxId));
  }

  async nothingIsLeft(): Promise<void> {
    await this.neighbour.goesOn();
    expect(readdirSync(this.#outside)).toEqual(['secret']);
    expect(readFileSync(join(this.#outside, 'secret'), 'utf8')).toBe(SECRET);
    expect(this.#guests.events.filter(({ type }) => type === 'runtimeDied')).toEqual([]);
    // Node closes a socket after the call that asks for it.
    for (let tries = 0; listeningSockets() > this.#listening && tries < 100; tries++) await delay(10);
    expect(listeningSockets()).toBe(this.#listening);
    expect(openFiles()).toBeLessThanOrEqual(this.#openFiles + OPEN_FILES_SLACK);
    expect(process.memoryUsage.rss() - this.#heldBytes).toBeLessThan(HELD_LIMIT_BYTES);
  }

  /** Of all that ran, as its runtime counts it and as this machine does; and a guest's surroundings are its image's. */
  async memoryCameBack(): Promise<void> {
    const guests = this.#guests;
    await guests.pass(100);
    expect(process.memoryUsage.rss() - this.#heldBytes).toBeLessThan(HELD_LIMIT_BYTES);
    const { memoryWorkingSetBytes } = await guests.settle(
      guests.service.containerStats(this.neighbour.server),
    );
    expect(memoryWorkingSetBytes).toBeLessThan(16 << 20);
    const { log } = await guests.run(['env']);
    expect(log.split('\n').map((line) => line.replace(/=.*/, ''))).toEqual([
      'PATH',
      'HOSTNAME',
      'FROM_IMAGE',
      'HOME',
    ]);
  }
}

/** Sockets of this process that listen on the machine, whichever thread has opened them; 0 where /proc does not tell. */
function listeningSockets(): number {
  if (process.platform !== 'linux') return 0;
  const own = new Set(fileTargets());
  const lines = readFileSync('/proc/self/net/tcp', 'utf8').split('\n').slice(1);
  const fields = lines.map((line) => line.trim().split(/\s+/));
  return fields.filter(([, , , state, , , , , , inode]) => state === '0A' && own.has(`socket:[${inode}]`))
    .length;
}

const openFiles = () => (process.platform === 'linux' ? fileTargets().length : 0);

/** What the open files of this process are. */
function fileTargets(): readonly string[] {
  return readdirSync('/proc/self/fd').flatMap((fd) => {
    try {
      return [readlinkSync(join('/proc/self/fd', fd))];
    } catch {
      // That of the listing itself.
      return [];
    }
  });
}

/** A server and a clock in a pod that has nothing to do with the case. */
export class Neighbour {
  readonly #guests: GuestRuntime;
  readonly ip: string;
  readonly #ticker: string;
  readonly server: string;
  #ticks = 0;

  private constructor(guests: GuestRuntime, ip: string, server: string, ticker: string) {
    this.#guests = guests;
    this.ip = ip;
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
    const request = { scheme: 'HTTP', host: this.ip, port: 8080, path: '/', headers: [] } as const;
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
