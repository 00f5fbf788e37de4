/** The runtime thread's worker: loading its code takes as long as loading the kubelet's, so it may begin before that. */
import { Worker } from 'node:worker_threads';

/** What guests make the host hold beyond this takes the thread down, and not the process. A thousand containers take a third. */
const HEAP_LIMIT_MB = 2048;

let ahead: Worker | undefined;

function newWorker(heapMb: number): Worker {
  // The same file runs as TypeScript from a checkout and as JavaScript from dist. No environment of ours goes in.
  const extension = import.meta.url.endsWith('.ts') ? 'ts' : 'js';
  const entry = new URL(`./entry.${extension}`, import.meta.url);
  // What is printed there (jco does, on a guest's nonsense) must not land in the middle of a screen.
  return new Worker(entry, {
    env: {},
    stdout: true,
    stderr: true,
    name: 'podstep-runtime',
    resourceLimits: { maxOldGenerationSizeMb: heapMb },
  });
}

/** Starts the thread that `takeWorker` will give. It does not hold the process, and without that it does nothing. */
export function startWorkerAhead(): void {
  if (ahead !== undefined) return;
  const worker = newWorker(HEAP_LIMIT_MB);
  ahead = worker;
  worker.unref();
  // The next one will fail in the same way, and then somebody listens.
  const forget = () => {
    if (ahead === worker) ahead = undefined;
  };
  worker.once('error', forget).once('exit', forget);
}

/** A thread of one's own: the one that was started ahead, or a new one. It begins with the options that it is sent. */
export function takeWorker(heapMb = HEAP_LIMIT_MB): Worker {
  const fits = heapMb === HEAP_LIMIT_MB ? ahead : undefined;
  const worker = fits ?? newWorker(heapMb);
  if (fits !== undefined) ahead = undefined;
  worker.ref();
  worker.stdout.resume();
  worker.stderr.resume();
  return worker;
}
