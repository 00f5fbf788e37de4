/** One real sandbox from image to end, with a directory of this machine in it: how `podstep doctor` knows what the Engine can do. */
import { mkdir, mkdtemp, rm } from 'node:fs/promises';
import { join } from 'node:path';
import type { EngineClient } from '../runtime/docker/engine/client.ts';
import { EngineError } from '../runtime/docker/engine/error.ts';
import type { EngineInfo, HostConfig } from '../runtime/docker/engine/types.ts';
import { ensurePauseImage } from '../runtime/docker/pause/pause-image.ts';
import { LABEL_OWNER } from '../runtime/docker/pods/labels.ts';
import { ownerOf } from './node-home.ts';

export interface SandboxTrial {
  readonly tookMs: number;
  /** The Engine sees a directory of podstep's on this machine. */
  readonly seesFiles: boolean;
  /** It may make processes that the kernel spares when memory is short. */
  readonly sparesProcesses: boolean;
}

/** cri-dockerd's for a sandbox. */
const SPARED = -998;

/** `place` is where nodes have their directories. Throws RuntimeError where no sandbox can be made at all. */
export async function trySandbox(
  engine: EngineClient,
  info: EngineInfo,
  place: string,
): Promise<SandboxTrial> {
  const image = await ensurePauseImage({ engine, info });
  await mkdir(place, { recursive: true });
  const directory = await mkdtemp(join(place, 'doctor-'));
  const run = (more: HostConfig) => runOnce(engine, image, ownerOf(directory), more);
  try {
    const tookMs = await run({});
    const bind = { Type: 'bind', Source: directory, Target: '/node', ReadOnly: true } as const;
    const seesFiles = await can(run({ Mounts: [bind] }));
    return { tookMs, seesFiles, sparesProcesses: await can(run({ OomScoreAdj: SPARED })) };
  } finally {
    await rm(directory, { recursive: true, force: true });
  }
}

/** Resolves to the milliseconds that it took. */
async function runOnce(
  engine: EngineClient,
  Image: string,
  owner: string,
  HostConfig: HostConfig,
): Promise<number> {
  const startedAtMs = performance.now();
  const json = { Image, Labels: { [LABEL_OWNER]: owner }, HostConfig };
  const { Id } = await engine.call<{ readonly Id: string }>('POST', '/containers/create', { json });
  try {
    await engine.call('POST', `/containers/${Id}/start`);
    return performance.now() - startedAtMs;
  } finally {
    await engine.call('DELETE', `/containers/${Id}`, { query: { force: true, v: true } });
  }
}

/** False when the Engine refuses. */
async function can(work: Promise<unknown>): Promise<boolean> {
  try {
    await work;
    return true;
  } catch (error) {
    if (error instanceof EngineError) return false;
    throw error;
  }
}
