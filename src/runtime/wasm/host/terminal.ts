/** `podstep:process/terminal`: what a guest can know and set of the terminal at which it sits. */
import type { Process } from '../process/process.ts';
import type { TerminalMode } from '../process/terminal.ts';

/** More processes than a pipeline has stages need not be named. */
const FOREGROUND_LIMIT = 64;

export function terminalImports(process: Process): Record<string, unknown> {
  const { terminal } = process.plan;
  return {
    getSize() {
      process.hostCall();
      return terminal?.size;
    },
    getMode() {
      process.hostCall();
      return terminal?.mode;
    },
    setMode(mode: TerminalMode) {
      process.hostCall();
      terminal?.setMode(mode);
    },
    setForeground(pids: Uint32Array) {
      process.hostCall(pids.length);
      if (terminal === undefined) return;
      const alone = pids.length === 0;
      const named = alone ? [process.pid] : [...pids.subarray(0, FOREGROUND_LIMIT)];
      terminal.foreground = { pids: named, alone };
    },
  };
}
