/** What a process does once it has its turn: a command runs, a `wasi:http/proxy` component is served. */
import type { CompiledComponent } from '../image.ts';
import { loadComponent } from './component.ts';
import { serve } from './http-server.ts';
import type { Main } from './process.ts';

/** Loads the component, the first time that it is used. */
export async function mainOf(component: CompiledComponent): Promise<Main> {
  const { serves } = await loadComponent(component);
  return serves ? serve : command;
}

const command: Main = async (process) => {
  const { run } = await process.instantiate();
  if (process.outcome === undefined) await run?.run();
};
