/**
 * `npm run bench`: what a container, a pod and a turn cost here, and the same of Docker and podman where they
 * answer. `-- --save` keeps the figures in README.md beside this file. Never fails on time.
 */
import { readFile, writeFile } from 'node:fs/promises';
import { cpus } from 'node:os';
import { table } from '../../src/cli/table.ts';
import { openWasmRuntime } from '../../src/compose/wasm.ts';
import { hourAtRest } from './at-rest.ts';
import { BenchPod, idleBytes, startsPerCpuSecond } from './containers.ts';
import { engines, forgetBusybox } from './engines.ts';
import { imageTimes } from './images.ts';
import { metering } from './instrumentation.ts';
import { interleaved, type Line, rowsOf } from './measure.ts';
import { killToDead, probeBesideSpinners } from './neighbours.ts';
import { hourWithProbes } from './probed.ts';
import { applyToRunning, turnsPerSecond } from './turns.ts';

/** Of each engine; a container here is short, so each round has some. */
const ROUNDS = 100;
const STARTS_PER_ROUND = 5;
const STARTS = 500;
const IDLE_CONTAINERS = 200;
const PROBES = 200;
const KILLS = 50;
const PULLS = 5;
const PODS = 10;
/** As many as a kubelet takes by default. */
const PODS_OF_A_NODE = 110;
const STEPS = 20_000;

const README = new URL('README.md', import.meta.url);
const MARKED = /(<!-- figures -->\n)[\s\S]*(<!-- \/figures -->)/;

const openRuntime = () => openWasmRuntime({ clock: 'wall', seed: 1, epochMs: Date.now() });

/** Start to exit of one program: here, with and without a sandbox of its own, and by the engines of this machine. */
async function starts(): Promise<{ lines: Line[]; notes: string[] }> {
  const runtime = await openRuntime();
  const pod = await BenchPod.open(runtime, 'bench-start');
  const { here, missing } = await engines();
  let sandboxes = 0;
  const inSandbox = async () => {
    const own = await BenchPod.open(runtime, `bench-sandbox-${sandboxes++}`);
    await own.runToExit(['true']);
    await own.close();
  };
  const lines = await interleaved(ROUNDS, [
    { what: 'podstep: the first container after the others', work: () => pod.runToExit(['true']) },
    {
      what: 'podstep: a container, start to exit',
      work: () => pod.runToExit(['true']),
      perRound: STARTS_PER_ROUND,
    },
    {
      what: 'podstep: the same with a sandbox of its own',
      work: inSandbox,
      perRound: STARTS_PER_ROUND,
    },
    ...here,
  ]);
  await pod.close();
  await runtime.close();
  await forgetBusybox();
  const sandbox = lines[2]?.figures.median ?? Number.NaN;
  const factors = lines
    .slice(3)
    .map(
      ({ what, figures }) =>
        `${what} takes ${(figures.median / sandbox).toFixed(0)} times as long as a sandbox and a container here.`,
    );
  return { lines, notes: [...factors, ...missing] };
}

async function neighbours(): Promise<Line[]> {
  const runtime = await openRuntime();
  const lines = [
    { what: 'an HTTP probe beside two spinning guests', figures: await probeBesideSpinners(runtime, PROBES) },
    { what: 'SIGKILL of a spinning guest to its end', figures: await killToDead(runtime, KILLS) },
  ];
  await runtime.close();
  return lines;
}

async function densities(): Promise<(readonly [string, string])[]> {
  const runtime = await openRuntime();
  const idle = await idleBytes(runtime, IDLE_CONTAINERS);
  const rate = await startsPerCpuSecond(runtime, STARTS);
  await runtime.close();
  return [
    [`memory of an idle container, ${IDLE_CONTAINERS} of them`, `${(idle / 2 ** 20).toFixed(2)} MiB`],
    ['containers started and ended in a second of one core', rate.toFixed(0)],
  ];
}

async function kubelet(): Promise<(readonly [string, string])[]> {
  const rest = await hourAtRest(PODS_OF_A_NODE);
  const http = await hourWithProbes(PODS, 'http');
  const all = await hourWithProbes(PODS, 'all');
  return [
    [
      'turns a second (10 probed pods, fake runtime)',
      Math.round(await turnsPerSecond(PODS, STEPS)).toLocaleString('en'),
    ],
    [
      `a virtual hour of ${PODS_OF_A_NODE} pods at rest (fake runtime)`,
      `${rest.cpuSeconds.toFixed(2)} s of CPU for ${rest.steps.toLocaleString('en')} steps`,
    ],
    [
      `a virtual hour of ${PODS} pods with an HTTP probe each (real guests)`,
      `${http.seconds.toFixed(2)} s for ${http.probes.toLocaleString('en')} probes`,
    ],
    [
      `a virtual hour of ${PODS} pods with HTTP, TCP and exec probes (real guests)`,
      `${all.seconds.toFixed(2)} s for ${all.probes.toLocaleString('en')} probes`,
    ],
  ];
}

const { lines, notes } = await starts();
const all = [
  ...lines,
  { what: 'pod applied to Running (image present)', figures: await applyToRunning(PODS) },
  ...(await neighbours()),
  ...(await imageTimes(PULLS)),
];
const others = [...(await densities()), ...(await metering(PULLS)), ...(await kubelet())];

const machine = `${cpus().length} cores (${cpus()[0]?.model ?? 'unknown'}), Node.js ${process.version}, ${process.platform}`;
const text = [table(rowsOf(all)), table(others.map((row) => [...row])), ...notes].join('\n\n');
process.stdout.write(`${machine}\n\n${text}\n`);

if (process.argv.includes('--save')) {
  const block = `${machine}\n\n${text}`.replace(/^(?=.)/gm, '    ');
  const readme = await readFile(README, 'utf8');
  await writeFile(README, readme.replace(MARKED, `$1\n${block}\n\n$2`));
}
