/** A real terminal for tests: tmux without a window, driven by keys and read as text. */
import { execFileSync, spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';

/** True where tmux can be started. */
export const hasTmux = spawnSync('tmux', ['-V']).status === 0;

const WAIT_MS = 25_000;
const POLL_MS = 50;

export interface Terminal {
  /** Sends keys by tmux' names (`Space`, `Enter`, `C-c`), or text. */
  keys(...names: string[]): void;
  /** What is on the screen, row by row. */
  text(): string;
  /** With colours, as `capture-pane -e` gives them. */
  painted(): string;
  /** Waits until the screen shows `pattern`, and returns it. */
  until(pattern: RegExp | string): Promise<string>;
  resize(columns: number, rows: number): void;
  /** Whether the alternate screen is on, and whether the cursor is shown. */
  modes(): { readonly alternate: boolean; readonly cursor: boolean };
  /** Sends SIGTERM to the program. */
  terminate(): void;
  close(): void;
}

/** Opens a terminal in which a shell runs `command`; what ran before it stays visible above. */
export function openTerminal(
  command: string,
  options: {
    readonly columns: number;
    readonly rows: number;
    readonly directory: string;
    /** Over the test's own. */
    readonly environment?: Readonly<Record<string, string>>;
  },
): Terminal {
  const socket = `podstep-test-${process.pid}-${Math.round(performance.now() * 1000)}`;
  const tmux = (...args: string[]) =>
    execFileSync('tmux', ['-L', socket, '-f', '/dev/null', ...args], { encoding: 'utf8' });
  const { columns, rows, directory } = options;
  // Ink takes a continuous-integration environment for one without a terminal.
  const { PATH = '' } = process.env;
  const environment = {
    CI: 'false',
    LANG: 'C.UTF-8',
    LC_ALL: '',
    NO_COLOR: '',
    PATH,
    ...options.environment,
  };
  const env = Object.entries(environment).flatMap(([name, value]) => ['-e', `${name}=${value}`]);
  const size = ['-x', String(columns), '-y', String(rows)];
  const kept = mkdtempSync(join(tmpdir(), 'podstep-terminal-'));
  const pidFile = join(kept, 'pid');
  const program = `sh -c "echo \\$\\$ > ${pidFile}; exec ${command}"`;
  const shell = `exec sh -c 'echo BEFORE; ${program}; echo "ENDED $?"; exec cat'`;
  tmux('new-session', '-d', '-s', 't', ...env, ...size, '-c', directory, shell);
  const text = () => tmux('capture-pane', '-t', 't', '-p');
  return {
    keys: (...names) => void tmux('send-keys', '-t', 't', ...names),
    text,
    painted: () => tmux('capture-pane', '-t', 't', '-p', '-e'),
    async until(pattern) {
      const end = performance.now() + WAIT_MS;
      for (;;) {
        const shown = text();
        if (typeof pattern === 'string' ? shown.includes(pattern) : pattern.test(shown)) return shown;
        if (performance.now() > end)
          throw new Error(`the screen never showed ${pattern}; it shows\n${shown}`);
        await sleep(POLL_MS);
      }
    },
    resize: (width, height) =>
      void tmux('resize-window', '-t', 't', '-x', String(width), '-y', String(height)),
    modes() {
      const [alternate, cursor] = tmux('display-message', '-t', 't', '-p', '#{alternate_on} #{cursor_flag}')
        .trim()
        .split(' ');
      return { alternate: alternate === '1', cursor: cursor === '1' };
    },
    terminate: () => void process.kill(Number(readFileSync(pidFile, 'utf8')), 'SIGTERM'),
    close() {
      tmux('kill-server');
      rmSync(kept, { recursive: true });
    },
  };
}
