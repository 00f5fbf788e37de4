/**
 * Draws the picture of the screen for the README from a real run: `node test/screens/picture.ts`.
 * The engine is the product's own, with real guests in virtual time, so the picture is the same each time.
 */
import { readFile, writeFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { loadManifests } from '../../src/api/load.ts';
import { composeEngine } from '../../src/compose/engine.ts';
import { draw } from '../../src/tui/model/draw.ts';
import { emptyScene, foldEvent, foldStep, type Scene } from '../../src/tui/model/scene.ts';
import { initialState } from '../../src/tui/model/screen-state.ts';
import { timersOf } from '../../src/tui/timers.ts';
import { frameToSvg } from './svg.ts';

const root = new URL('../../', import.meta.url);
const manifest = 'tutorials/examples/02-crash-loop.yaml';
const picture = fileURLToPath(new URL('src/tui/screen.svg', root));

const engine = await composeEngine({ runtime: 'wasm', clock: 'virtual', seed: 1, nodeName: 'node-1' });
const startedAtMs = engine.now();
let scene: Scene = emptyScene({ runtime: engine.runtime.name, clock: engine.clock, seed: engine.seed });
engine.listen({
  onStep(step) {
    scene = foldStep(scene, step);
  },
  onEvent(event) {
    scene = foldEvent(scene, event);
  },
});
engine.start();
const { objects, errors } = loadManifests(await readFile(new URL(manifest, root), 'utf8'), manifest);
if (errors.length > 0) throw new Error(`${manifest}: ${errors[0]?.message}`);
const [pod] = objects.map(({ object }) => engine.apply(object));
// The third time: the back-off has doubled, and the log has something to tell.
let backOffs = 0;
const end = await engine.run({
  forMs: 600_000,
  until: ({ entries }) => {
    if (entries.some(({ to }) => to === 'waiting.CrashLoopBackOff')) backOffs++;
    return backOffs === 2;
  },
});
if (end !== 'until') throw new Error(`the pod never backed off: ${end}`);
const [container] = engine.pods()[0]?.spec.containers ?? [];
scene = {
  ...scene,
  pods: engine.pods(),
  timers: timersOf(engine, startedAtMs),
  log: engine.logs(String(pod?.metadata.uid), container?.name ?? ''),
};
await engine.close();

const state = initialState({ columns: 116, rows: 36, language: 'en', ascii: false });
await writeFile(picture, frameToSvg(draw(scene, state), 'The screen of podstep: a pod in CrashLoopBackOff'));
