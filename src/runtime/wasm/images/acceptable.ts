/** Before anything is made of a program: whether a container can run it, and if not, which part of it is in the way. */
import { NEWEST_WASI, offeredMembers, RUN_INTERFACES } from '../host/offered.ts';
import { componentNames, type ImportedInterface } from './component-names.ts';

/** A program that can be read and not be run; the message says why, and what to do. */
export class UnsupportedProgram extends Error {
  override name = 'UnsupportedProgram';
}

/** Programs beyond this would take minutes and gigabytes to transpile. */
export const PROGRAM_LIMIT_BYTES = 128 << 20;

const RANGE = `WASI 0.2 (0.2.0 to ${NEWEST_WASI})`;

/** @throws UnsupportedProgram for a program that is too large to be transpiled */
export function checkSize(sizeBytes: number): void {
  if (sizeBytes <= PROGRAM_LIMIT_BYTES) return;
  const mebibytes = (bytes: number) => `${Math.ceil(bytes / (1 << 20))} MiB`;
  throw new UnsupportedProgram(
    `the program has ${mebibytes(sizeBytes)}, more than the ${mebibytes(PROGRAM_LIMIT_BYTES)} that podstep ` +
      'transpiles: build it without debug information (wasm-tools strip) or optimised for size',
  );
}

/**
 * Checks a component's imports and exports, so that what is missing is told when it is pulled and not by a
 * trap when it runs.
 * @throws UnsupportedProgram naming the import or export
 */
export function checkComponent(bytes: Uint8Array): void {
  const { imports, exports } = componentNames(bytes);
  for (const one of imports) checkImport(one);
  const runs = exports.some((name) => RUN_INTERFACES.includes(nameOf(name)) && problemOf(name) === undefined);
  if (runs) return;
  const run = exports.find((name) => RUN_INTERFACES.includes(nameOf(name)));
  if (run !== undefined) throw new UnsupportedProgram(`the component exports ${run}: ${problemOf(run)}`);
  throw new UnsupportedProgram(
    `the component exports ${exports.join(', ') || 'nothing'} and not ${RUN_INTERFACES.join(' or ')}: ` +
      'build it as a command, a program with a main function, or as a wasi:http/proxy, not as a library',
  );
}

const nameOf = (name: string) => name.split('@')[0] ?? name;

/** Why a WASI interface of this version cannot be used; undefined when it can. */
function problemOf(name: string): string | undefined {
  const [bare = '', version = ''] = name.split('@');
  if (!bare.startsWith('wasi:') || /^0\.2\.\d+$/.test(version)) return undefined;
  return `podstep runs ${RANGE}; build it for wasm32-wasip2 with a toolchain of that version`;
}

function checkImport({ name, members }: ImportedInterface): void {
  const offered = offeredMembers(nameOf(name));
  if (offered === undefined) throw new UnsupportedProgram(`the component imports ${name}: ${unknown(name)}`);
  const problem = problemOf(name);
  if (problem !== undefined) throw new UnsupportedProgram(`the component imports ${name}: ${problem}`);
  const missing = members.find((member) => !offered.has(plainName(member)));
  if (missing === undefined) return;
  throw new UnsupportedProgram(
    `the component imports the function ${plainName(missing)} of ${name}, which is not in ${RANGE}: ` +
      'build it with a toolchain of that version, without unstable features',
  );
}

/** `[method]pollable.block` is `pollable.block`. */
const plainName = (member: string) => member.replace(/^\[[a-z-]+\]/, '');

function unknown(name: string): string {
  if (nameOf(name) === 'wasi:clocks/timezone') {
    return 'time zones are an unstable feature of WASI that podstep does not have; containers are in UTC';
  }
  if (name.startsWith('wasi:')) {
    return (
      `podstep does not have this interface (it has wasi:cli, clocks, filesystem, http, io, random and sockets of ${RANGE}); ` +
      'build the program without it, or compose it with a component that has it (wac plug)'
    );
  }
  return 'podstep has only WASI and podstep:process; compose the program with a component that exports it (wac plug)';
}
