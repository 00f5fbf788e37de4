/** Core modules of WASI preview 1 (wasm32-wasip1) before they become components: what they may import, and how they exit. */
import { encodedName, Reader, uleb, Writer } from '../instrument/bytes.ts';
import { readModule, SECTION, type Section } from '../instrument/module.ts';
import { UnsupportedProgram } from './acceptable.ts';

export const PREVIEW1 = 'wasi_snapshot_preview1';

const HEAD = [0x00, 0x61, 0x73, 0x6d, 0x01, 0x00, 0x00, 0x00];

/** True for a core module, which has to become a component first. */
export function isCoreModule(bytes: Uint8Array): boolean {
  return HEAD.every((byte, index) => bytes[index] === byte);
}

interface Import {
  readonly module: string;
  readonly name: string;
  /** Where the two names begin and end in the module. */
  readonly start: number;
  readonly end: number;
}

/** @throws UnsupportedProgram at what is no function of preview 1 */
function readImports(bytes: Uint8Array, section: Section): readonly Import[] {
  const reader = new Reader(bytes, section.start, section.end);
  return reader.list(() => {
    const start = reader.at;
    const found = { module: reader.name(), name: reader.name(), start, end: reader.at };
    // Of preview 1 all imports are functions.
    if (found.module !== PREVIEW1 || reader.byte() !== 0) throw refused(found);
    reader.u32();
    return found;
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
 * Checks that a module is a preview 1 command and sends its exit codes on: the adapter makes 1 of every code
 * but 0, so `proc_exit` becomes the function of the same signature that `exitWith` names.
 * @throws UnsupportedProgram
 */
export function prepareModule(
  bytes: Uint8Array,
  exitWith: { readonly module: string; readonly name: string },
): Uint8Array {
  const { sections, exportNames } = readModule(bytes);
  const section = sections.find(({ id }) => id === SECTION.import);
  const imports = section === undefined ? [] : readImports(bytes, section);
  if (!exportNames.includes('_start')) {
    throw new UnsupportedProgram(
      'the module exports no _start, so it is a library (a reactor): build it as a command, a program with a main function',
    );
  }
  const exit = imports.find(({ name }) => name === 'proc_exit');
  if (section === undefined || exit === undefined) return bytes;
  const names = [...encodedName(exitWith.module), ...encodedName(exitWith.name)];
  const contents = section.end - section.start - (exit.end - exit.start) + names.length;
  const whole =
    sections.indexOf(section) === 0 ? HEAD.length : (sections[sections.indexOf(section) - 1]?.end ?? 0);
  return new Writer(bytes.length + 64)
    .append(bytes.subarray(0, whole))
    .append([SECTION.import, ...uleb(contents)])
    .append(bytes.subarray(section.start, exit.start))
    .append(names)
    .append(bytes.subarray(exit.end))
    .bytes();
}
