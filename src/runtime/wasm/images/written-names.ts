/**
 * The names that jco writes between quotes into the JavaScript it makes of a component, as they are. A component's
 * own names are words and versions, which the format holds; those of its core modules may be any text, so that a name
 * with a quote in it would go on as code of the runtime thread, beside the sandbox.
 */
import { Reader, UnsupportedModule } from '../instrument/bytes.ts';
import { readModule } from '../instrument/module.ts';
import { UnsupportedProgram } from './acceptable.ts';
import { componentNames } from './component-names.ts';

const HEAD_BYTES = 8;
const SECTION = { coreModule: 1, coreInstance: 2, component: 4 } as const;
/** Components in components: more than this is no tool's work. */
const DEPTH_LIMIT = 32;

/** Printable ASCII that neither ends nor escapes a string, a template or a comment. */
const WRITABLE = /^(?:(?!\*\/)[ !#-&(-[\]-_a-~])*$/;
const SHOWN_CHARACTERS = 60;

/** @throws UnsupportedProgram for a name that cannot be written into code */
function check(name: string): void {
  if (WRITABLE.test(name)) return;
  throw new UnsupportedProgram(
    `the component has the name ${JSON.stringify(name.slice(0, SHOWN_CHARACTERS))} in it: podstep takes names ` +
      'of printable ASCII without quotes, backslashes and comment ends; rename the export or import',
  );
}

/**
 * Checks every name of a component that may become part of its code: its own, and those of the core modules in it,
 * at every depth.
 * @throws UnsupportedProgram naming the name
 * @throws UnsupportedModule for bytes that are no component
 */
export function checkWrittenNames(bytes: Uint8Array): void {
  const { imports, exports } = componentNames(bytes);
  for (const name of [...imports.map((one) => one.name), ...exports]) check(name);
  checkCoreNames(bytes, 0);
}

function checkCoreNames(bytes: Uint8Array, depth: number): void {
  if (depth > DEPTH_LIMIT) throw new UnsupportedModule('components are nested too deeply', 0);
  const reader = new Reader(bytes, HEAD_BYTES);
  while (!reader.done) {
    const id = reader.byte();
    const contents = reader.take(reader.u32());
    if (id === SECTION.coreModule) checkCoreModule(contents);
    else if (id === SECTION.component) checkCoreNames(contents, depth + 1);
    else if (id === SECTION.coreInstance) checkCoreInstances(new Reader(contents));
  }
}

function checkCoreModule(bytes: Uint8Array): void {
  const { exportNames, importNames } = readModule(bytes);
  for (const name of [...importNames, ...exportNames]) check(name);
}

/** Made of a module and named instances, or of named definitions. */
function checkCoreInstances(reader: Reader): void {
  reader.list(() => {
    const ofModule = reader.byte() === 0;
    if (ofModule) reader.u32();
    reader.list(() => {
      check(reader.name());
      reader.byte();
      reader.u32();
    });
  });
}
