/** `wasi_snapshot_preview1` for core modules (wasm32-wasip1), over the same host as components: no adapter, which would live in the guest's memory. */
import { exited } from '../../process/exit.ts';
import type { Process } from '../../process/process.ts';
import { RANDOM_LIMIT_BYTES } from '../../thread/random.ts';
import { FileError, ProcessEnded } from '../result.ts';
import { failedWith, isClosed } from '../streams.ts';
import { ERRNO, Errno, errnoOf, GuestMemory } from './abi.ts';
import { Descriptors } from './descriptors.ts';
import { fileFunctions } from './files.ts';
import { ioFunctions } from './io.ts';
import { pollFunctions } from './poll.ts';

/** The functions that wait, and so suspend the guest. */
const SUSPENDING = new Set(['fd_read', 'fd_write', 'poll_oneoff']);

/** JSPI's constructor, which the type libraries do not know yet. */
const jspi = WebAssembly as typeof WebAssembly & {
  readonly Suspending: new (fn: (...values: never[]) => unknown) => WebAssembly.ImportValue;
};

export type Preview1 = {
  readonly functions: Readonly<Record<string, WebAssembly.ImportValue>>;
  /** Says which memory the pointers are of: the module's own, once there is one. */
  readonly bind: (memory: WebAssembly.Memory) => void;
};

/** What an error is to a guest; what is no error of WASI's ends it. */
function errno(error: unknown): number {
  if (error instanceof Errno) return error.errno;
  if (error instanceof FileError) return errnoOf(error.payload);
  if (isClosed(error)) return ERRNO.pipe;
  const code = failedWith(error);
  if (code !== undefined) return errnoOf(code);
  throw error;
}

function environmentFunctions(process: Process, memory: GuestMemory) {
  const encode = (texts: readonly string[]) => texts.map((text) => new TextEncoder().encode(text));
  const { plan } = process;
  const argv = encode(plan.arguments);
  const environ = encode(plan.environment.map(([name, value]) => `${name}=${value}`));
  const sizes = (list: readonly Uint8Array[], countAt: number, bytesAt: number) => {
    process.hostCall();
    memory.setU32(countAt, list.length);
    memory.setU32(
      bytesAt,
      list.reduce((sum, text) => sum + text.length + 1, 0),
    );
  };
  return {
    args_sizes_get: (countAt: number, bytesAt: number) => sizes(argv, countAt, bytesAt),
    args_get: (pointersAt: number, at: number) => memory.putStrings(pointersAt, at, argv),
    environ_sizes_get: (countAt: number, bytesAt: number) => sizes(environ, countAt, bytesAt),
    environ_get: (pointersAt: number, at: number) => memory.putStrings(pointersAt, at, environ),
  };
}

function clockFunctions(process: Process, memory: GuestMemory) {
  const { clock } = process.container.world;
  const resolutionNs = 1_000_000n;
  return {
    clock_res_get(id: number, at: number): void {
      if (id >>> 0 > 1) throw new Errno(ERRNO.inval);
      memory.setU64(at, id === 0 ? resolutionNs : 1n);
    },
    clock_time_get(id: number, _precision: bigint, at: number): void {
      process.hostCall();
      if (id >>> 0 > 1) throw new Errno(ERRNO.inval);
      memory.setU64(at, id === 0 ? BigInt(Math.round(clock.epochMs() * 1000)) * 1000n : clock.nowNs());
    },
  };
}

function processFunctions(process: Process, memory: GuestMemory) {
  return {
    proc_exit(code: number): never {
      process.end(exited(code & 0xff));
      throw new ProcessEnded();
    },
    proc_raise(): never {
      throw new Errno(ERRNO.notsup);
    },
    sched_yield: () => process.hostCall(),
    random_get(at: number, length: number): void {
      if (length >>> 0 > RANDOM_LIMIT_BYTES) throw new Errno(ERRNO.inval);
      const place = memory.bytes(at, length);
      process.hostCall(place.length);
      place.set(process.container.world.random.bytes(place.length));
    },
  };
}

/** There are no descriptors of sockets in preview 1 that a container could be given. */
const noSocket = (): never => {
  throw new Errno(ERRNO.notsock);
};
const SOCKETS = { sock_accept: noSocket, sock_recv: noSocket, sock_send: noSocket, sock_shutdown: noSocket };

export function preview1Imports(process: Process): Preview1 {
  const memory = new GuestMemory();
  const descriptors = new Descriptors(process);
  const all: Record<string, (...values: never[]) => unknown> = {
    ...environmentFunctions(process, memory),
    ...clockFunctions(process, memory),
    ...processFunctions(process, memory),
    ...ioFunctions(descriptors, memory),
    ...fileFunctions(descriptors, memory),
    ...pollFunctions(process, descriptors, memory),
    ...SOCKETS,
  };
  const functions = Object.entries(all).map(([name, fn]) => [name, importOf(name, fn)] as const);
  return { functions: Object.fromEntries(functions), bind: (of) => memory.bind(of) };
}

/** A function that answers with an error number, as all of preview 1 do. */
function importOf(name: string, fn: (...values: never[]) => unknown): WebAssembly.ImportValue {
  const answer = (...values: never[]): number | Promise<number> => {
    try {
      const done = fn(...values);
      return done instanceof Promise ? done.then(() => ERRNO.success, errno) : ERRNO.success;
    } catch (error) {
      return errno(error);
    }
  };
  // What gives no promise does not suspend.
  return SUSPENDING.has(name) ? new jspi.Suspending(answer) : answer;
}
