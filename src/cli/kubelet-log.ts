/** `--kubelet-log` and `--v`: the kubelet's own log, written as it happens. */
import { once } from 'node:events';
import type { KubeletConfiguration } from '../api/kubelet-configuration/fields.ts';
import type { EngineListener } from '../engine/types.ts';
import { CLUSTER_CONFIGURATION } from '../kubelet/node-config.ts';
import type { Io } from './io.ts';
import { openForWriting } from './recorder.ts';
import type { RunRequest } from './run-options.ts';

/** At the kubelet's own default, 0, none of the sync loop's lines is written. */
const DEFAULT_VERBOSITY = 2;

/** The configuration with the verbosity that the command line asks for; undefined leaves everything as it is. */
export function withVerbosity(
  config: KubeletConfiguration | undefined,
  { kubeletLog, verbosity = config === undefined ? DEFAULT_VERBOSITY : undefined }: RunRequest,
): KubeletConfiguration | undefined {
  if (kubeletLog === undefined || verbosity === undefined) return config;
  const { logging, ...rest } = config ?? CLUSTER_CONFIGURATION;
  return { ...rest, logging: { ...logging, verbosity } };
}

export interface KubeletLogWriter extends AsyncDisposable {
  readonly listener: EngineListener;
}

/** Opens the file before anything starts. Throws PodstepError FILE_UNREADABLE when it cannot be written. */
export async function openKubeletLog(
  file: string | undefined,
  io: Io,
): Promise<KubeletLogWriter | undefined> {
  if (file === undefined) return undefined;
  if (file === '-') {
    return {
      listener: { onKubeletLog: (line) => io.err(`${line}\n`) },
      [Symbol.asyncDispose]: async () => {},
    };
  }
  const stream = await openForWriting(file, io);
  return {
    listener: { onKubeletLog: (line) => void stream.write(`${line}\n`) },
    async [Symbol.asyncDispose]() {
      stream.end();
      await once(stream, 'close');
    },
  };
}
