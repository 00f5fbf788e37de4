/** How the shell waits for promises alone, without a turn of the event loop for it. */

/**
 * Resolves when every promise reaction that is due has run, those too that came of them: Node takes its tick queue up
 * again only once the queue of reactions is empty. Neither timers nor this machine's disk and network are waited for.
 */
export function reactionsRun(): Promise<void> {
  return new Promise((resolve) => {
    process.nextTick(resolve);
  });
}

/** Lets the event loop turn once: signals, keys and whatever else comes from outside. */
export function eventLoopTurned(): Promise<void> {
  return new Promise((resolve) => {
    setImmediate(resolve);
  });
}
