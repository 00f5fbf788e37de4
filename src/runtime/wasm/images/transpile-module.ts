/** A core module of WASI preview 1 becomes a component: wasm-tools and the adapter, both of jco's. */
import { readFile } from 'node:fs/promises';
import { componentEmbed, componentNew, preview1AdapterCommandPath } from '@bytecodealliance/jco';
import { NEWEST_WASI } from '../host/offered.ts';
import { PREVIEW1, prepareModule } from './preview1.ts';

const EXIT = { module: `wasi:cli/exit@${NEWEST_WASI}`, name: 'exit-with-code' };

/** The one interface that the module imports beside what the adapter stands between. */
const WORLD = `package podstep:command;
world command {
  import ${EXIT.module};
}
package wasi:cli@${NEWEST_WASI} {
  interface exit {
    exit: func(status: result);
    ${EXIT.name}: func(status-code: u8);
  }
}
`;

/** @throws UnsupportedProgram, or Error with wasm-tools' words, when it is no command of preview 1 */
export async function componentOf(module: Uint8Array): Promise<Uint8Array> {
  const binary = prepareModule(module, EXIT);
  const embedded = await componentEmbed({
    binary,
    witSource: WORLD,
    world: 'command',
    stringEncoding: 'utf8',
  });
  return componentNew(embedded, [[PREVIEW1, await readFile(preview1AdapterCommandPath())]]);
}
