/** Our own promises that nobody waits for: a failure there is a bug, and ends the runtime thread. */
export function orDie(promise: Promise<unknown>): void {
  promise.catch((error: unknown) => {
    setImmediate(() => {
      throw error;
    });
  });
}
