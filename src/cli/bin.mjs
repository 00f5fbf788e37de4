#!/usr/bin/env node
// The door: finds a Node that can run WebAssembly guests, rebuilds a checkout that is out of date, goes in.
// Plain JavaScript that old versions of Node understand too, because those are the ones that it must turn away.
import { spawn } from 'node:child_process';
import { existsSync, mkdirSync, readdirSync, rmSync, statSync, utimesSync, writeFileSync } from 'node:fs';
import * as nodeModule from 'node:module';
import { constants } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';

const SELF = fileURLToPath(import.meta.url);
const ROOT = join(dirname(SELF), '..', '..');
const MAIN = join(ROOT, 'dist', 'cli', 'main.js');
// Its time says when the build began; the compiler's own file also changes when it only checks types.
const BUILD_STAMP = join(ROOT, 'dist', '.built');
// Makes the stand-ins ready beside what was compiled, as `npm install` does.
const STAND_INS = join(ROOT, 'dist', 'runtime', 'wasm', 'images', 'build-stand-ins.js');
/** What is over by then needs no word. */
const PATIENCE_MS = 500;
const require = nodeModule.createRequire(import.meta.url);

/** JSPI: with it many guests wait on one thread. Node has it without a flag since 24.21. */
function canRunGuests() {
  return typeof WebAssembly.Suspending === 'function';
}

function complain(text) {
  process.stderr.write(`podstep: ${text}\n`);
  process.exit(1);
}

/** Where npm put the Node that comes with podstep; undefined on other platforms, or with --omit=optional. */
function bundledNode() {
  const platform = process.platform === 'win32' ? 'win' : process.platform;
  const file = process.platform === 'win32' ? 'node.exe' : 'node';
  for (const name of [`node-${platform}-${process.arch}`, `node-bin-${platform}-${process.arch}`]) {
    try {
      const path = join(dirname(require.resolve(`${name}/package.json`)), 'bin', file);
      if (existsSync(path)) return path;
    } catch {
      // Not installed: the next name, or none.
    }
  }
  return undefined;
}

/** Runs the same command line on the other Node; ends as it ends. */
function goOnWith(node) {
  const child = spawn(node, [...process.execArgv, SELF, ...process.argv.slice(2)], {
    stdio: 'inherit',
    env: { ...process.env, PODSTEP_ON_BUNDLED_NODE: '1' },
  });
  const forwarded = ['SIGINT', 'SIGTERM', 'SIGHUP', 'SIGQUIT', 'SIGUSR2', 'SIGCONT'];
  // A terminal sends Ctrl-C to both, and a second one would cut the child's ending short.
  const onTerminal = [process.stdin, process.stdout, process.stderr].some((stream) => stream.isTTY);
  for (const signal of forwarded) {
    process.on(signal, () => {
      if (signal !== 'SIGINT' || !onTerminal) child.kill(signal);
    });
  }
  child.on('error', (error) => complain(`cannot start ${node}: ${error.message}`));
  child.on('exit', (code, signal) =>
    process.exit(signal ? 128 + (constants.signals[signal] ?? 0) : (code ?? 1)),
  );
}

/** The newest change of a source, in milliseconds; files that went away show in their folder. */
function newestSourceMs(directory) {
  let newest = statSync(directory).mtimeMs;
  for (const entry of readdirSync(directory, { withFileTypes: true })) {
    const path = join(directory, entry.name);
    if (entry.isDirectory()) newest = Math.max(newest, newestSourceMs(path));
    else if (/\.(ts|tsx|json)$/.test(entry.name)) newest = Math.max(newest, statSync(path).mtimeMs);
  }
  return newest;
}

function isUpToDate() {
  if (!existsSync(MAIN) || !existsSync(BUILD_STAMP)) return false;
  const workloads = statSync(join(ROOT, 'workloads', 'built.json'), { throwIfNoEntry: false });
  const newest = Math.max(
    newestSourceMs(join(ROOT, 'src')),
    statSync(join(ROOT, 'tsconfig.json')).mtimeMs,
    workloads ? workloads.mtimeMs : 0,
  );
  return newest <= statSync(BUILD_STAMP).mtimeMs;
}

/** Runs a script of the build on this Node. */
function runScript(args) {
  return new Promise((resolve, reject) => {
    const child = spawn(process.execPath, args, { cwd: ROOT, stdio: ['ignore', 'pipe', 'pipe'] });
    let output = '';
    const keep = (data) => {
      output += data;
    };
    child.stdout.on('data', keep);
    child.stderr.on('data', keep);
    child.on('error', reject);
    child.on('close', (status) => resolve({ status, output }));
  });
}

/** A word for who waits, where it takes long. */
async function saidWhenSlow(work) {
  const text = 'podstep: building from the sources, a few seconds\n';
  const timer = setTimeout(() => process.stderr.write(text), PATIENCE_MS);
  try {
    return await work;
  } finally {
    clearTimeout(timer);
  }
}

async function compile() {
  let compiler;
  try {
    compiler = join(dirname(require.resolve('typescript/package.json')), 'bin', 'tsc');
  } catch {
    complain('this checkout is not installed yet; run: npm install');
  }
  const startedAt = new Date();
  const done = await runScript([compiler, '-p', ROOT, '--pretty', String(process.stderr.isTTY === true)]);
  if (done.status === 0) {
    if (existsSync(STAND_INS)) await runScript([STAND_INS]);
    writeFileSync(BUILD_STAMP, '');
    utimesSync(BUILD_STAMP, startedAt, startedAt);
    return;
  }
  process.stderr.write(done.output);
  complain('the sources do not compile; what is wrong stands above');
}

/** One process compiles, the others wait for it. */
async function rebuild() {
  const lock = join(ROOT, 'dist', '.building');
  mkdirSync(join(ROOT, 'dist'), { recursive: true });
  for (;;) {
    try {
      mkdirSync(lock);
      break;
    } catch (error) {
      if (error.code !== 'EEXIST') throw error;
      const since = statSync(lock, { throwIfNoEntry: false });
      if (since && Date.now() - since.mtimeMs > 60_000) rmSync(lock, { recursive: true, force: true });
      Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 50);
    }
  }
  process.on('exit', () => rmSync(lock, { recursive: true, force: true }));
  if (!isUpToDate()) await saidWhenSlow(compile());
  rmSync(lock, { recursive: true, force: true });
}

async function enter() {
  const isCheckout = existsSync(join(ROOT, 'src', 'cli', 'main.ts'));
  if (isCheckout && !isUpToDate()) await rebuild();
  if (!existsSync(MAIN)) complain(`${MAIN} is missing; install podstep again`);
  if (nodeModule.enableCompileCache) nodeModule.enableCompileCache();
  // React's and Ink's development checks cost half of a frame.
  process.env.NODE_ENV = process.env.NODE_ENV || 'production';
  await import(pathToFileURL(MAIN).href);
}

if (canRunGuests()) {
  await enter();
} else {
  const node = process.env.PODSTEP_ON_BUNDLED_NODE ? undefined : bundledNode();
  if (node) goOnWith(node);
  else
    complain(
      `needs Node 26 (JSPI for WebAssembly), and this is ${process.version}; install it, or run npm install without --omit=optional`,
    );
}
