/**
 * Core modules of WASI preview 1 (wasm32-wasip1): which of them can be run, and the few lines that start them.
 * They do not become components by the usual adapter: it keeps its state in the guest's memory, which runtimes
 * that take all of it for their own overwrite (Go's, AssemblyScript's).
 */
import { offeredMembers, PREVIEW1 } from '../host/offered.ts';
import { Reader } from '../instrument/bytes.ts';
import { INSTRUMENT } from '../instrument/contract.ts';
import { readModule, SECTION, type Section } from '../instrument/module.ts';
import { UnsupportedProgram } from './acceptable.ts';

/** The core module's file among the transpiled ones. */
export const PROGRAM_FILE = 'program.core.wasm';

const HEAD = [0x00, 0x61, 0x73, 0x6d, 0x01, 0x00, 0x00, 0x00];

/** True for a core module, which has to become a component first. */
export function isCoreModule(bytes: Uint8Array): boolean {
  return HEAD.every((byte, index) => bytes[index] === byte);
}

interface Import {
  readonly module: string;
  readonly name: string;
}

/** @throws UnsupportedProgram at what is no function of preview 1 */
function checkImports(bytes: Uint8Array, section: Section): void {
  const offered = offeredMembers(PREVIEW1);
  const reader = new Reader(bytes, section.start, section.end);
  reader.list(() => {
    const found = { module: reader.name(), name: reader.name() };
    // Of preview 1 all imports are functions.
    if (found.module !== PREVIEW1 || !offered?.has(found.name) || reader.byte() !== 0) throw refused(found);
    reader.u32();
  });
}

function refused({ module, name }: Import): UnsupportedProgram {
  return new UnsupportedProgram(`the module imports "${module}" "${name}": ${advice(module, name)}`);
}

function advice(module: string, name: string): string {
  if (module === 'wasi_unstable')
    return 'that is WASI preview 0; build it for wasm32-wasip1 or wasm32-wasip2';
  if ((module === 'wasi' && name.startsWith('thread')) || name === 'memory') {
    return 'podstep runs no threads and no shared memory; build it without threads (wasm32-wasip1, no -pthread)';
  }
  if (module === 'env') {
    return (
      'that is a function which the linker did not find, or one of a browser (Emscripten); ' +
      'link it in, or build for wasm32-wasip1 (-sSTANDALONE_WASM with Emscripten)'
    );
  }
  if (module === 'gojs' || module === 'go')
    return 'that is Go for browsers; build with GOOS=wasip1 GOARCH=wasm';
  return `podstep gives core modules ${PREVIEW1} alone; build for wasm32-wasip1, or make it a component`;
}

/**
 * Checks that a module is a preview 1 command.
 * @throws UnsupportedProgram naming the import or export that is in the way
 */
export function checkModule(bytes: Uint8Array): void {
  const { sections, exportNames } = readModule(bytes);
  const section = sections.find(({ id }) => id === SECTION.import);
  if (section !== undefined) checkImports(bytes, section);
  if (exportNames.includes('_start')) return;
  throw new UnsupportedProgram(
    'the module exports no _start, so it is a library (a reactor): build it as a command, a program with a main function',
  );
}

/**
 * Stands where a component has what jco makes of it (process/component.ts): the host's functions go in, the
 * memory is made known to them, and what runs may be suspended.
 */
export const MODULE_SOURCE = `export async function instantiate(coreModule, imports, instantiateCore) {
  const { functions, bind } = imports.${PREVIEW1};
  const { exports } = instantiateCore(coreModule('${PROGRAM_FILE}'), { ${PREVIEW1}: functions }, true);
  bind(exports.memory);
  const functionsInOrder = [exports.${INSTRUMENT.start}, exports._start].filter(Boolean);
  const run = async () => {
    for (const one of functionsInOrder) await WebAssembly.promising(one)();
  };
  return { run: { run } };
}
`;
