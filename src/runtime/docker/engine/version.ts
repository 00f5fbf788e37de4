/** Which version of the Engine's API both sides speak. */
import { RuntimeError } from '../../port.ts';

/** `1.41` as numbers, to be compared. */
export type ApiVersion = readonly [major: number, minor: number];

/** What was read when this was written (docs.docker.com/reference/api/engine): newer servers are asked in these words. */
export const NEWEST_KNOWN: ApiVersion = [1, 52];
/** Engine 20.10. Older ones know neither cgroup v2 nor one-shot stats. */
export const OLDEST_KNOWN: ApiVersion = [1, 41];

/** @throws RuntimeError for what is no version */
export function parseApiVersion(text: string): ApiVersion {
  const match = /^(\d+)\.(\d+)$/.exec(text);
  if (match === null) {
    throw new RuntimeError(
      'Unavailable',
      `"${text}" is no version of the Docker Engine API: what listens there?`,
    );
  }
  return [Number(match[1]), Number(match[2])];
}

export function atLeast(version: ApiVersion, other: ApiVersion): boolean {
  return version[0] > other[0] || (version[0] === other[0] && version[1] >= other[1]);
}

/** The smaller of the server's newest and ours. @throws RuntimeError when one side is too old for the other */
export function negotiate(server: ApiVersion, serverOldest: ApiVersion): ApiVersion {
  const version = atLeast(server, NEWEST_KNOWN) ? NEWEST_KNOWN : server;
  if (!atLeast(version, OLDEST_KNOWN)) {
    const text = `the Docker Engine speaks API ${server.join('.')}; podstep needs ${OLDEST_KNOWN.join('.')} (Engine 20.10) or newer`;
    throw new RuntimeError('FailedPrecondition', text);
  }
  if (!atLeast(version, serverOldest)) {
    const text = `the Docker Engine refuses API versions before ${serverOldest.join('.')}; podstep speaks ${NEWEST_KNOWN.join('.')}`;
    throw new RuntimeError('FailedPrecondition', text);
  }
  return version;
}
