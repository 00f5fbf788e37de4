/** What an image costs before its first container: jco's translation of its component, and the pull. */
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { openImageStore } from '../../src/runtime/wasm/images/store.ts';
import { Transpiler } from '../../src/runtime/wasm/images/transpile.ts';
import { figures, type Line } from './measure.ts';

const COMPONENT = new URL('../../workloads/nginx/nginx.wasm', import.meta.url);
/** The transpiled stand-ins, as they come with the package. */
const BUILT = new URL('../../dist/stand-ins', import.meta.url);
const IMAGE = 'nginx:1.29';

async function timed(work: () => Promise<unknown>): Promise<number> {
  const startedAt = performance.now();
  await work();
  return performance.now() - startedAt;
}

/** Cold: the thread with jco starts. Warm: it is there. */
async function transpileTimes(count: number): Promise<Line[]> {
  const component = await readFile(COMPONENT);
  const cold: number[] = [];
  const warm: number[] = [];
  for (let run = 0; run < count; run++) {
    const transpiler = new Transpiler();
    cold.push(await timed(() => transpiler.transpile(component)));
    warm.push(await timed(() => transpiler.transpile(component)));
    await transpiler.close();
  }
  return [
    { what: 'transpile nginx, cold (jco starts)', figures: figures(cold) },
    { what: 'transpile nginx, warm', figures: figures(warm) },
  ];
}

/** Into an empty store and again; with what comes ready with the package, and from the component alone. */
async function pullTimes(count: number): Promise<Line[]> {
  const values = { fromComponent: [] as number[], shipped: [] as number[], again: [] as number[] };
  for (let run = 0; run < count; run++) {
    const directory = await mkdtemp(join(tmpdir(), 'podstep-bench-'));
    try {
      const bare = await openImageStore({ directory: join(directory, 'bare') });
      values.fromComponent.push(await timed(() => bare.pullImage(IMAGE)));
      const ready = await openImageStore({
        directory: join(directory, 'ready'),
        builtDirectory: BUILT.pathname,
      });
      values.shipped.push(await timed(() => ready.pullImage(IMAGE)));
      values.again.push(await timed(() => ready.pullImage(IMAGE)));
    } finally {
      await rm(directory, { recursive: true });
    }
  }
  return [
    { what: 'pull nginx, empty store, to be transpiled', figures: figures(values.fromComponent) },
    { what: 'pull nginx, empty store, transpiled with the package', figures: figures(values.shipped) },
    { what: 'pull nginx again', figures: figures(values.again) },
  ];
}

/** Both. */
export async function imageTimes(count: number): Promise<Line[]> {
  return [...(await transpileTimes(count)), ...(await pullTimes(count))];
}
