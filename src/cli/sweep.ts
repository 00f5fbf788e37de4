/** Removing what podstep has made on a Docker Engine and on disk: said first, done then, never what a living podstep has. */
import {
  type Hold,
  holdOn,
  isShared,
  type Leftover,
  markedOnEngine,
  nodeDirectories,
  removeLeftover,
} from '../compose/leftovers.ts';
import { nodesDirectory, ownerOf } from '../compose/node-home.ts';
import { PodstepError } from '../lib/errors.ts';
import { engineAddress } from '../runtime/docker/engine/address.ts';
import { EngineClient } from '../runtime/docker/engine/client.ts';
import { RuntimeError } from '../runtime/port.ts';
import { type Io, say } from './io.ts';
import { table } from './table.ts';

/** What of the surroundings a sweep uses. */
type Sweeper = Pick<Io, 'out' | 'err' | 'language' | 'environment'>;

export interface SweepRequest {
  /** Whether what has this mark is meant at all. */
  readonly isMeant: (owner: string) => boolean;
  /** Asked once it is said what would go; false: nothing does. */
  readonly confirm: () => Promise<boolean>;
}

interface Held {
  readonly hold: Hold;
  readonly items: readonly Leftover[];
}

/** Resolves to the exit code: 1 when something could not be removed. Throws PodstepError where nobody answers. */
export async function sweep(io: Sweeper, { isMeant, confirm }: SweepRequest): Promise<number> {
  const engine = await connect(io);
  const place = nodesDirectory(io.environment);
  const all = [...(await markedOnEngine(engine)), ...(await nodeDirectories(place, ownerOf))];
  const { free, held } = await sorted(all.filter(({ owner }) => isMeant(owner)));
  for (const one of held) io.out(`${heldText(one, io)}\n`);
  if (free.length === 0) {
    io.out(`${say(io, 'sweep.nothing')}\n`);
    return 0;
  }
  io.out(`${say(io, 'sweep.goes', { count: free.length })}\n`);
  io.out(`${table(free.map(({ kind, name }) => [`  ${say(io, `sweep.kind.${kind}`)}`, name]))}\n`);
  if (!(await confirm())) {
    io.out(`${say(io, 'sweep.left')}\n`);
    return 0;
  }
  return removeAll(engine, free, io);
}

/** Apart by mark: what may go, and what somebody still has. What all share goes only when nobody has anything. */
async function sorted(items: readonly Leftover[]): Promise<{ free: Leftover[]; held: Held[] }> {
  const owners = [...new Set(items.map(({ owner }) => owner))];
  const held: Held[] = [];
  let free: Leftover[] = [];
  for (const owner of owners) {
    const own = items.filter((item) => item.owner === owner);
    const hold = await holdOn(owner);
    if (hold === undefined) free.push(...own);
    else held.push({ hold, items: own });
  }
  if (held.length > 0) free = free.filter(({ owner }) => !isShared(owner));
  return { free, held };
}

async function removeAll(engine: EngineClient, items: readonly Leftover[], io: Sweeper): Promise<number> {
  let failures = 0;
  for (const item of items) {
    try {
      await removeLeftover(engine, item);
    } catch (error) {
      failures++;
      const problem = error instanceof Error ? error.message : String(error);
      io.err(`podstep: ${say(io, 'sweep.failed', { name: item.name, problem })}\n`);
    }
  }
  io.out(`${say(io, 'sweep.done', { count: items.length - failures })}\n`);
  return failures === 0 ? 0 : 1;
}

function heldText({ hold, items }: Held, io: Sweeper): string {
  const count = items.length;
  if (hold.type === 'alive') return say(io, 'sweep.alive', { count, pid: hold.holder.pid });
  return say(io, 'sweep.elsewhere', { count, owner: hold.owner });
}

async function connect(io: Sweeper): Promise<EngineClient> {
  try {
    return await EngineClient.connect(engineAddress(io.environment));
  } catch (cause) {
    if (!(cause instanceof RuntimeError)) throw cause;
    throw new PodstepError('RUNTIME_UNAVAILABLE', cause.message, { cause });
  }
}
