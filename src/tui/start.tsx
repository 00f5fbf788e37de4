/** Opens the screen on a terminal, keeps it until the person quits, and leaves the terminal as it was. */
import type { Engine } from '../engine/types.ts';
import type { Language } from '../messages/catalogue.ts';
import type { Manifests } from './manifests.ts';

export interface ScreenOptions {
  readonly engine: Engine;
  readonly language: Language;
  readonly manifests: Manifests;
  /** Draw with ASCII alone. */
  readonly ascii: boolean;
  /** Aborted when the program is asked from outside to end. */
  readonly signal: AbortSignal;
  readonly environment: Readonly<Record<string, string | undefined>>;
}

/** As a shell reports a program that SIGINT ended. */
const INTERRUPTED = 130;

/** Frames a second at most; at least twice the rate of commits, or the two throttles beat against each other. */
const MAX_FPS = 40;

/**
 * Runs the screen; the engine has been started, and stays open afterwards.
 * Must only be called where stdin and stdout are terminals.
 * @returns the exit code: 0, or 130 after Ctrl-C
 */
export async function startScreen(options: ScreenOptions): Promise<number> {
  // From here on keys are ours. What was typed before stands on the screen, and the first frame begins where the
  // cursor is: it has to be at the start of a line.
  process.stdin.setRawMode(true);
  process.stdout.write('\r');
  try {
    return await runScreen(options);
  } finally {
    process.stdin.setRawMode(false);
  }
}

async function runScreen(options: ScreenOptions): Promise<number> {
  const colourless = (options.environment.NO_COLOR ?? '') !== '';
  // Ink's own colour library knows only this variable, and reads it when it is loaded.
  if (colourless) process.env.FORCE_COLOR = '0';
  const [{ render }, { createElement }, { Screen, usableRows }, { ScreenDrive }] = await Promise.all([
    import('ink'),
    import('react'),
    import('./screen.tsx'),
    import('./drive.ts'),
  ]);
  const drive = new ScreenDrive({
    ...options,
    columns: process.stdout.columns,
    rows: usableRows(process.stdout.rows),
  });
  const ink = render(createElement(Screen, { drive, paint: colourless ? 'colourless' : 'colour' }), {
    alternateScreen: true,
    incrementalRendering: true,
    maxFps: MAX_FPS,
    exitOnCtrlC: false,
    interactive: true,
  });
  const quit = () => drive.quit(INTERRUPTED);
  options.signal.addEventListener('abort', quit);
  if (options.signal.aborted) quit();
  try {
    return await drive.finished;
  } finally {
    options.signal.removeEventListener('abort', quit);
    drive.close();
    ink.unmount();
    await ink.waitUntilExit();
  }
}
