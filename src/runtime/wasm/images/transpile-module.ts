/**
 * The other way round: a module that clang has linked becomes a component, because it calls what preview 1 does not
 * have (sockets, signals, processes). jco's wasm-tools do it, with the adapter and WASI's WIT that jco ships.
 */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import {
  componentEmbed,
  componentNew,
  parse,
  preview1AdapterCommandPath,
  preview1AdapterReactorPath,
  print,
} from '@bytecodealliance/jco';
import { NEWEST_WASI } from '../host/offered.ts';

const WASI_PACKAGES = ['io', 'clocks', 'random', 'filesystem', 'sockets', 'cli', 'http'];

/** Every interface a program of ours may import; unused ones do not reach the component. */
const WORLDS = `package podstep:workloads;
world imports {
  import wasi:cli/environment@${NEWEST_WASI};
  import wasi:cli/exit@${NEWEST_WASI};
  import wasi:cli/stdin@${NEWEST_WASI};
  import wasi:cli/stdout@${NEWEST_WASI};
  import wasi:cli/stderr@${NEWEST_WASI};
  import wasi:cli/terminal-stdin@${NEWEST_WASI};
  import wasi:cli/terminal-stdout@${NEWEST_WASI};
  import wasi:cli/terminal-stderr@${NEWEST_WASI};
  import wasi:io/poll@${NEWEST_WASI};
  import wasi:io/streams@${NEWEST_WASI};
  import wasi:clocks/monotonic-clock@${NEWEST_WASI};
  import wasi:clocks/wall-clock@${NEWEST_WASI};
  import wasi:sockets/instance-network@${NEWEST_WASI};
  import wasi:sockets/ip-name-lookup@${NEWEST_WASI};
  import wasi:sockets/tcp@${NEWEST_WASI};
  import wasi:sockets/tcp-create-socket@${NEWEST_WASI};
  import wasi:sockets/udp@${NEWEST_WASI};
  import wasi:sockets/udp-create-socket@${NEWEST_WASI};
  import wasi:http/types@${NEWEST_WASI};
  import wasi:http/outgoing-handler@${NEWEST_WASI};
  import podstep:process/signals@0.1.0;
  import podstep:process/processes@0.1.0;
  import podstep:process/terminal@0.1.0;
}
world program {
  include imports;
}
world proxy {
  include imports;
  export wasi:http/incoming-handler@${NEWEST_WASI};
}
`;

/** What a module becomes: a command with a `main`, or a handler of requests (wasi:http/proxy) without. */
const ADAPTERS = {
  program: preview1AdapterCommandPath,
  proxy: preview1AdapterReactorPath,
} as const;
export type ComponentKind = keyof typeof ADAPTERS;

/** WIT wants further packages nested in braces when all is one source. */
function nested(wit: string): string {
  return `${wit.replace(/^package ([^;]+);/m, 'package $1 {')}\n}\n`;
}

/** A component without its section of names, which only debuggers read: a tenth of a small one. */
function withoutNames(component: Uint8Array): Uint8Array {
  const view = Buffer.from(component.buffer, component.byteOffset, component.length);
  const kept = [view.subarray(0, 8)];
  for (let at = 8; at < view.length; ) {
    const start = at++;
    let size = 0;
    for (let shift = 0, byte = 0x80; (byte & 0x80) !== 0; shift += 7) {
      byte = view.readUInt8(at++);
      size |= (byte & 0x7f) << shift;
    }
    const isNames = view[start] === 0 && view.toString('latin1', at + 1, at + 15) === 'component-name';
    at += size;
    if (!isNames) kept.push(view.subarray(start, at));
  }
  return new Uint8Array(Buffer.concat(kept));
}

/**
 * The component of a preview 1 module whose further imports have WIT's names; `processWit` is podstep:process.
 * The adapter turns every exit code but 0 into 1, so libc's `proc_exit` is sent to `wasi:cli/exit`
 * `exit-with-code`, which has the same signature.
 * @throws Error of wasm-tools when an import is in no interface of the world
 */
export async function componentOf(
  module: Uint8Array,
  processWit: string,
  kind: ComponentKind = 'program',
): Promise<Uint8Array> {
  const library = fileURLToPath(new URL('../lib/wit/builtin/', import.meta.resolve('@bytecodealliance/jco')));
  const wit = WASI_PACKAGES.map((name) =>
    readFileSync(join(library, NEWEST_WASI, `wasi-${name}`, 'package.wit'), 'utf8'),
  );
  const wat = await print(module);
  const binary = await parse(
    wat.replace(
      '(import "wasi_snapshot_preview1" "proc_exit"',
      `(import "wasi:cli/exit@${NEWEST_WASI}" "exit-with-code"`,
    ),
  );
  const witSource = WORLDS + [...wit, processWit].map(nested).join('\n');
  const embedded = await componentEmbed({ binary, witSource, world: kind, stringEncoding: 'utf8' });
  const adapter = readFileSync(ADAPTERS[kind]());
  return withoutNames(await componentNew(embedded, [['wasi_snapshot_preview1', adapter]]));
}
