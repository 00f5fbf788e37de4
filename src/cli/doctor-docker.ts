/** What `podstep doctor` finds out of the Docker Engine: where it is, what it can do, what pods will miss there. */
import { statfsSync } from 'node:fs';
import { nodesDirectory } from '../compose/node-home.ts';
import { type SandboxTrial, trySandbox } from '../compose/try-sandbox.ts';
import { PodstepError } from '../lib/errors.ts';
import { readableBytes } from '../lib/readable-bytes.ts';
import { addressSource, engineAddress, formatAddress } from '../runtime/docker/engine/address.ts';
import { EngineClient } from '../runtime/docker/engine/client.ts';
import type { EngineInfo } from '../runtime/docker/engine/types.ts';
import { RuntimeError } from '../runtime/port.ts';
import type { Finding, Say } from './doctor.ts';
import type { Io } from './io.ts';

/** An Engine that is there says so at once. */
const TIMEOUT_MS = 5_000;
/** The kubelet's own threshold is a share of the disk; below this nothing can be pulled anyway. */
const LITTLE_BYTES = 2_000_000_000;
/** Asked of the registry, not pulled. */
const KNOWN_IMAGE = 'busybox:latest';

/** One line for each question; where no Engine answers, one line in all. */
export async function dockerFindings(tell: Say, environment: Io['environment']): Promise<readonly Finding[]> {
  const found = (text: string, verdict: Finding['verdict'] = 'ok'): Finding => ({
    ...{ check: 'docker', verdict, text },
  });
  try {
    const address = engineAddress(environment);
    const origin = addressSource(environment);
    const named = { name: origin.type === 'context' ? origin.name : '' };
    const where = {
      address: formatAddress(address),
      source: tell(`doctor.docker.source.${origin.type}`, named),
    };
    const engine = await EngineClient.connect(address, TIMEOUT_MS).catch((error: unknown) => error);
    if (!(engine instanceof EngineClient)) return [found(tell(...unreached(engine, where)))];
    const info = await engine.info();
    if (info.OSType !== 'linux')
      return [found(tell('doctor.docker.windows', { ...where, os: info.OSType }), 'note')];
    const values = { ...where, version: engine.version.Version, api: engine.api.join('.') };
    return [
      found(tell('doctor.docker.found', values)),
      ...(await sandbox(tell, engine, info, environment)),
      cgroups(tell, info),
      restart(tell, info),
      await registry(tell, engine),
      disk(tell, info),
    ];
  } catch (error) {
    if (!(error instanceof PodstepError || error instanceof RuntimeError)) throw error;
    return [found(error.message, 'note')];
  }
}

type Where = { readonly address: string; readonly source: string };

function unreached(error: unknown, where: Where): Parameters<Say> {
  const isAbsent =
    error instanceof RuntimeError &&
    ['ENOENT', 'ECONNREFUSED'].includes((error.cause as NodeJS.ErrnoException)?.code ?? '');
  if (isAbsent) return ['doctor.docker.none', where];
  return ['doctor.docker.silent', { ...where, problem: problemOf(error) }];
}

/** A try: the pause image, containers of it, and their end. */
async function sandbox(
  tell: Say,
  engine: EngineClient,
  info: EngineInfo,
  environment: Io['environment'],
): Promise<readonly Finding[]> {
  const place = nodesDirectory(environment);
  try {
    const trial = await trySandbox(engine, info, place);
    const milliseconds = Math.round(trial.tookMs);
    return [
      { check: 'dockerSandbox', verdict: 'ok', text: tell('doctor.docker.sandbox', { milliseconds }) },
      files(tell, info, place, trial),
      rights(tell, info, trial),
    ];
  } catch (error) {
    const text = tell('doctor.docker.noSandbox', { problem: problemOf(error) });
    return [{ check: 'dockerSandbox', verdict: 'note', text }];
  }
}

function files(tell: Say, { Name: name }: EngineInfo, directory: string, trial: SandboxTrial): Finding {
  const key = trial.seesFiles ? 'doctor.docker.files' : 'doctor.docker.noFiles';
  const verdict = trial.seesFiles ? 'ok' : 'note';
  return { check: 'dockerFiles', verdict, text: tell(key, { name, directory }) };
}

function rights(tell: Say, info: EngineInfo, { sparesProcesses }: SandboxTrial): Finding {
  const isRootless = (info.SecurityOptions ?? []).some((option) => option.includes('name=rootless'));
  if (isRootless) return { check: 'dockerRights', verdict: 'note', text: tell('doctor.docker.rootless') };
  const text = tell(sparesProcesses ? 'doctor.docker.rights' : 'doctor.docker.fewRights');
  return { check: 'dockerRights', verdict: sparesProcesses ? 'ok' : 'note', text };
}

function cgroups(tell: Say, info: EngineInfo): Finding {
  const values = { version: info.CgroupVersion, driver: info.CgroupDriver };
  const missing = [
    ...(info.MemoryLimit ? [] : ['memory']),
    ...(info.CpuCfsQuota ? [] : ['cpu']),
    ...(info.PidsLimit ? [] : ['pids']),
  ].join(', ');
  const text = missing
    ? tell('doctor.docker.fewCgroups', { ...values, missing })
    : tell('doctor.docker.cgroups', values);
  return { check: 'dockerCgroups', verdict: missing ? 'note' : 'ok', text };
}

function restart(tell: Say, { LiveRestoreEnabled: isOn }: EngineInfo): Finding {
  const text = tell(isOn ? 'doctor.docker.liveRestore' : 'doctor.docker.noLiveRestore');
  return { check: 'dockerRestart', verdict: 'ok', text };
}

/** The Engine asks the registry for the image's digest; nothing is pulled. */
async function registry(tell: Say, engine: EngineClient): Promise<Finding> {
  try {
    await engine.call('GET', `/distribution/${KNOWN_IMAGE}/json`, { timeoutMs: TIMEOUT_MS });
    return { check: 'dockerRegistry', verdict: 'ok', text: tell('doctor.docker.registry') };
  } catch (error) {
    const text = tell('doctor.docker.noRegistry', { problem: problemOf(error) });
    return { check: 'dockerRegistry', verdict: 'note', text };
  }
}

function disk(tell: Say, { Driver: driver, DockerRootDir: directory }: EngineInfo): Finding {
  try {
    const { bavail, bsize } = statfsSync(directory);
    const freeBytes = bavail * bsize;
    const values = { driver, directory, free: readableBytes(freeBytes) };
    const isLittle = freeBytes < LITTLE_BYTES;
    const text = tell(isLittle ? 'doctor.docker.littleDisk' : 'doctor.docker.disk', values);
    return { check: 'dockerDisk', verdict: isLittle ? 'note' : 'ok', text };
  } catch {
    return {
      check: 'dockerDisk',
      verdict: 'ok',
      text: tell('doctor.docker.unseenDisk', { driver, directory }),
    };
  }
}

const problemOf = (error: unknown) => (error instanceof Error ? error.message : String(error));
