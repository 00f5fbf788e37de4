/** The runtime with every call watched: the engine knows what has begun, and in real time none lasts for ever. */

import { wrapped } from '../lib/wrapped.ts';
import { type Runtime, RuntimeError } from '../runtime/port.ts';

export interface CallWatch {
  /** Called when a call begins. */
  readonly onCall: () => void;
  /** Longest wait for an answer in wall time; undefined in virtual time, where a call cannot hang unseen. */
  readonly limitMs: number | undefined;
}

/** Calls that last as long as their own arguments say, or as the network needs: limited by what they do, not here. */
const UNLIMITED: ReadonlySet<string> = new Set(['pullImage', 'stopContainer', 'execSync', 'subscribe']);

export function watchedRuntime(runtime: Runtime, watch: CallWatch): Runtime {
  return {
    ...runtime,
    name: runtime.name,
    virtualTime: runtime.virtualTime,
    runtimeService: watched(runtime.runtimeService, watch),
    imageService: watched(runtime.imageService, watch),
    network: watched(runtime.network, watch),
    close: () => runtime.close(),
  };
}

function watched<T extends object>(port: T, { onCall, limitMs }: CallWatch): T {
  return wrapped(port, (name, call) => (...args) => {
    onCall();
    const answer = call(...args);
    if (limitMs === undefined || !(answer instanceof Promise) || UNLIMITED.has(name)) return answer;
    return limited(answer, name, limitMs);
  });
}

async function limited(answer: Promise<unknown>, call: string, limitMs: number): Promise<unknown> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_, reject) => {
    const error = new RuntimeError('DeadlineExceeded', `${call}: context deadline exceeded`);
    timer = setTimeout(() => reject(error), limitMs);
  });
  try {
    return await Promise.race([answer, late]);
  } finally {
    clearTimeout(timer);
  }
}
