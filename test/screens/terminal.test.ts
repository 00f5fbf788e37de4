import { fileURLToPath } from 'node:url';
import { afterEach, describe, expect, it } from 'vitest';
import { hasTmux, openTerminal, type Terminal } from './tmux.ts';

const root = fileURLToPath(new URL('../../', import.meta.url));
const why = hasTmux ? '' : ' (not run: tmux is not installed)';
const open: Terminal[] = [];

function start(columns = 80, rows = 24, flags = '', environment: Record<string, string> = {}): Terminal {
  const command = `${process.execPath} src/cli/bin.mjs ${flags}`;
  const terminal = openTerminal(command, { columns, rows, directory: root, environment });
  open.push(terminal);
  return terminal;
}

/** The terminal is as it was: the primary screen, with what stood there, and a cursor. */
async function expectRestored(terminal: Terminal, exitCode: number): Promise<void> {
  const shown = await terminal.until(`ENDED ${exitCode}`);
  expect(shown).toContain('BEFORE');
  expect(shown).not.toContain('podstep  wasm');
  expect(terminal.modes()).toEqual({ alternate: false, cursor: true });
}

afterEach(() => {
  for (const terminal of open.splice(0)) terminal.close();
});

describe.skipIf(!hasTmux)(`podstep in a real terminal${why}`, () => {
  it('opens, applies an example, steps, and leaves the terminal as it was', { timeout: 90_000 }, async () => {
    const terminal = start();
    await terminal.until('space: one decision of the kubelet');
    expect(terminal.modes().alternate).toBe(true);
    terminal.keys('a');
    await terminal.until('examples/01-web-server.yaml');
    terminal.keys('01-web');
    await terminal.until(/path 01-web/);
    terminal.keys('Enter');
    await terminal.until('Pod web applied');
    terminal.keys('Space', 'Space');
    await terminal.until(/› .*(sync|admit)/);
    terminal.keys('n', 'n', 'n');
    await terminal.until(/ContainerCreating|Running/);
    terminal.keys('L');
    await terminal.until('步骤');
    terminal.keys('q');
    await expectRestored(terminal, 0);
  });

  it('takes what was typed before it was there, and draws its first line whole', {
    timeout: 60_000,
  }, async () => {
    const terminal = start(120, 40);
    terminal.keys('a');
    terminal.keys('09-done');
    terminal.keys('Enter');
    await terminal.until('Pod done-once applied');
    expect(terminal.text().split('\n')[0]).toMatch(/^ podstep {2}wasm .* paused {2}2 steps\/s/);
    terminal.keys('q');
    await expectRestored(terminal, 0);
  });

  it('keeps to ASCII and does without colours where that is asked for', { timeout: 60_000 }, async () => {
    const terminal = start(80, 24, '', { LANG: 'C', NO_COLOR: '1' });
    await terminal.until('space: one decision of the kubelet');
    terminal.keys('Space');
    await terminal.until('KubeletStarted');
    expect(terminal.text()).toMatch(/^[\n -~]*$/);
    const painted = terminal.painted();
    expect(painted).toContain('\u001b[1m');
    expect(painted).not.toMatch(/[[;]3[0-7]m/);
    terminal.keys('q');
    await expectRestored(terminal, 0);
  });

  it('ends with 130 on Ctrl-C', { timeout: 60_000 }, async () => {
    const terminal = start();
    await terminal.until('space: one decision of the kubelet');
    terminal.keys('C-c');
    await expectRestored(terminal, 130);
  });

  it('restores the terminal when it is terminated from outside', { timeout: 60_000 }, async () => {
    const terminal = start();
    await terminal.until('space: one decision of the kubelet');
    terminal.terminate();
    await expectRestored(terminal, 143);
  });

  it('follows the window, and says so when it is too small', { timeout: 60_000 }, async () => {
    const terminal = start(120, 40, '--lang zh');
    await terminal.until('kubelet 做一个决定');
    terminal.resize(70, 20);
    await terminal.until('podstep 需要 80 列 24 行，现在是 70 列 20 行。');
    terminal.resize(100, 30);
    await terminal.until('kubelet 做一个决定');
    terminal.keys('q');
    await expectRestored(terminal, 0);
  });
});
