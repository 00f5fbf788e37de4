/** Where podstep keeps what outlives a run: one directory a user. */
import { homedir } from 'node:os';
import { join } from 'node:path';

/**
 * `$PODSTEP_HOME`, or the platform's place for a user's data: `$XDG_DATA_HOME/podstep` (XDG Base Directory
 * Specification; `~/.local/share/podstep` by default), `%LOCALAPPDATA%\podstep` on Windows.
 */
export function podstepHome(environment: Readonly<Record<string, string | undefined>> = process.env): string {
  if (environment.PODSTEP_HOME) return environment.PODSTEP_HOME;
  if (process.platform === 'win32' && environment.LOCALAPPDATA)
    return join(environment.LOCALAPPDATA, 'podstep');
  return join(environment.XDG_DATA_HOME || join(homedir(), '.local', 'share'), 'podstep');
}

/** The image store's directory: an OCI image layout, and what was transpiled from it. */
export function imageDirectory(environment?: Readonly<Record<string, string | undefined>>): string {
  return join(podstepHome(environment), 'images');
}
