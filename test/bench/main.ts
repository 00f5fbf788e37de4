/** `npm run bench`: what a container, a turn and a pod cost here, and the same of Docker where it answers. Never fails on time. */

import { table } from '../../src/cli/table.ts';
import { openWasmRuntime } from '../../src/compose/wasm.ts';
import { hourAtRest } from './at-rest.ts';
import { idleBytes, sandboxToExit, startToExit } from './containers.ts';
import { dockerRun } from './docker.ts';
import { type Line, lineOf, show } from './measure.ts';
import { applyToRunning, turnsPerSecond } from './turns.ts';

const RUNS = 100;
const DOCKER_RUNS = 10;
const IDLE_CONTAINERS = 100;
const PODS = 10;
/** As many as a kubelet takes by default. */
const PODS_OF_A_NODE = 110;
const STEPS = 20_000;

const runtime = await openWasmRuntime({ clock: 'wall', seed: 1, epochMs: Date.now() });
const container = await startToExit(runtime, RUNS);
const sandbox = await sandboxToExit(runtime, RUNS);
const idle = await idleBytes(runtime, IDLE_CONTAINERS);
await runtime.close();

const docker = await dockerRun(DOCKER_RUNS);
const running = await applyToRunning(PODS);
const turns = await turnsPerSecond(PODS, STEPS);
const rest = await hourAtRest(PODS_OF_A_NODE);

const lines: Line[] = [
  lineOf('WASM: create, start, exit, remove one container', container),
  lineOf('WASM: the same with a sandbox of its own', sandbox),
  ...(typeof docker === 'string' ? [] : [lineOf('docker run --rm busybox true', docker)]),
  lineOf('pod applied -> Running (wall clock)', running),
];
const others = [
  ['turns a second (10 probed pods, fake runtime)', Math.round(turns).toLocaleString('en')],
  [
    `a virtual hour of ${PODS_OF_A_NODE} pods at rest (fake runtime)`,
    `${rest.cpuSeconds.toFixed(2)} s of CPU for ${rest.steps.toLocaleString('en')} steps`,
  ],
  ['memory of an idle container', `${(idle / 2 ** 20).toFixed(2)} MiB`],
];
process.stdout.write(`${show(lines)}\n\n${table(others)}\n\n`);
if (typeof docker === 'string') process.stdout.write(`No comparison with Docker: ${docker}.\n`);
else {
  const factor = (figure: { readonly median: number }) => (docker.median / figure.median).toFixed(0);
  process.stdout.write(
    `A WASM container is ${factor(container)} times as fast as docker run, ${factor(sandbox)} times with its sandbox (medians).\n`,
  );
}
