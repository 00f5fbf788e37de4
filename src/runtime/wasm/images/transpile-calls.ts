/**
 * Makes a call of the host as short as it can be. jco follows each one with a task, a subtask and promises, for
 * components that run several things at once (WASI 0.3). One of WASI 0.2 does one thing at a time: here its calls go
 * straight to the host, and one that waits suspends the guest by itself (JSPI).
 */
import { TRAMPOLINE } from './transpile-lifts.ts';

/** From the tasks' variables to where the task is entered. */
const TASK =
  /^ *const hostProvided = true;\n[\s\S]*?\n( *)const started = (?:task\.enterSync\(\);\n|await task\.enter\(.*\);\n\1if \(!started\) \{\n[\s\S]*?\n\1\}\n)/m;
/** The host's function inside two closures, one that says which task it is of and one that counts it. */
const CALL =
  /(await )? *_withGlobalCurrentTaskMeta(?:Async)?\(\{\n.*\n.*\n *fn: \(\) => _trackHostOperation\(\(\) => (.*)\),\n *\}\)\n/;
/** What a task is told when the host's function has thrown, and when it is over. */
const FAILED = /^ *task\.setErrored\(err\);\n *task\.reject\(err\);\n *task\.exit\(\);\n/m;
const DONE = /^ *task\.resolve\(\[.*\]\);\n *task\.exit\(\);\n/m;
const DEBUG_LOG = /^( *)_debugLog\('.*', \{\n[\s\S]*?\n\1\}\);\n|^ *_debugLog\(.*\);\n/gm;
const OF_A_TASK = /\b(?:task|subtask|parentTask|hostProvided)\b/;

/** What the guest gets to call: jco's way through the task that calls, around the trampoline. */
const BOUND =
  /^( *)let trampoline(\d+) = _trampoline\2\.manuallyAsync \? new WebAssembly\.Suspending\(_suspendingImport\((\d+), _lowerImportBackwardsCompat\.bind\([\s\S]*?^\1\);\n/gm;

/**
 * The ES module with direct calls of the host. A call that does not look as expected stays as jco wrote it, which is
 * slower and does the same.
 */
export function directCalls(source: string): string {
  const components = new Map([...source.matchAll(BOUND)].map(([, , index, component]) => [index, component]));
  const direct = new Set<string>();
  const shortened = source.replace(TRAMPOLINE, (text, _indent: string, index: string) => {
    const component = components.get(index);
    const short = text
      .replace('{\n', `{\n    _checkMayLeave(${component});\n`)
      .replace(DEBUG_LOG, '')
      .replace(TASK, '')
      .replace(CALL, (_, wait: string | undefined, call: string) => `${wait ?? ''}${call}\n`)
      .replace(FAILED, '')
      .replace(DONE, '');
    if (component === undefined || OF_A_TASK.test(short)) return text;
    direct.add(index);
    return short;
  });
  return shortened.replace(BOUND, (text, indent: string, index: string) => {
    if (!direct.has(index)) return text;
    const name = `_trampoline${index}`;
    const waits = source.includes(`${name}.manuallyAsync = true;`);
    return `${indent}let trampoline${index} = ${waits ? `new WebAssembly.Suspending(${name})` : name};\n`;
  });
}
