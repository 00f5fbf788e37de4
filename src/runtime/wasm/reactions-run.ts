/** How the main thread lets those go on who waited for what the runtime thread has told. */

/**
 * Resolves when every promise reaction that is due has run, those too that came of them: Node takes its tick queue up
 * again only once the queue of reactions is empty, which the first wait is in.
 */
export async function reactionsRun(): Promise<void> {
  await undefined;
  await new Promise<void>((resolve) => process.nextTick(resolve));
}
