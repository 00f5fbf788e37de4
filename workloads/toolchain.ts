/** From C to a WebAssembly component with parts from npm alone: clang, then jco's adapter. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { componentEmbed, componentNew, parse, print } from '@bytecodealliance/jco-transpile/wasm-tools';
import { commands, Exit } from '@yowasp/clang';

const WASI = '0.2.12';
const WASI_PACKAGES = ['io', 'clocks', 'random', 'filesystem', 'sockets', 'cli', 'http'];

/** Optimised for size; one megabyte of stack, below the data so that running over it traps. */
const CLANG_FLAGS = [
  '--target=wasm32-wasip1',
  '-std=gnu17',
  '-Os',
  '-Wall',
  '-Wextra',
  '-Werror',
  '-fno-strict-aliasing',
  '-D_GNU_SOURCE',
  '-Wl,--strip-all',
  '-Wl,--stack-first',
  '-Wl,-z,stack-size=1048576',
];

/** Every interface a program of ours may import; unused ones do not reach the component. */
const WORLDS = `package podstep:workloads;
world imports {
  import wasi:cli/environment@${WASI};
  import wasi:cli/exit@${WASI};
  import wasi:cli/stdin@${WASI};
  import wasi:cli/stdout@${WASI};
  import wasi:cli/stderr@${WASI};
  import wasi:cli/terminal-stdin@${WASI};
  import wasi:cli/terminal-stdout@${WASI};
  import wasi:cli/terminal-stderr@${WASI};
  import wasi:io/poll@${WASI};
  import wasi:io/streams@${WASI};
  import wasi:clocks/monotonic-clock@${WASI};
  import wasi:clocks/wall-clock@${WASI};
  import wasi:sockets/instance-network@${WASI};
  import wasi:sockets/ip-name-lookup@${WASI};
  import wasi:sockets/tcp@${WASI};
  import wasi:sockets/tcp-create-socket@${WASI};
  import wasi:sockets/udp@${WASI};
  import wasi:sockets/udp-create-socket@${WASI};
  import wasi:http/types@${WASI};
  import wasi:http/outgoing-handler@${WASI};
  import podstep:process/signals@0.1.0;
  import podstep:process/processes@0.1.0;
  import podstep:process/terminal@0.1.0;
}
world program {
  include imports;
}
world proxy {
  include imports;
  export wasi:http/incoming-handler@${WASI};
}
`;

/** What a program is made as: a command with a `main`, or a handler of requests (wasi:http/proxy) without. */
const KINDS = {
  program: { flags: [], adapter: 'wasi_snapshot_preview1.command.wasm' },
  proxy: { flags: ['-mexec-model=reactor'], adapter: 'wasi_snapshot_preview1.reactor.wasm' },
} as const;

const jcoLibrary = fileURLToPath(new URL('../node_modules/@bytecodealliance/jco/lib', import.meta.url));

/** WIT wants further packages nested in braces when all is one source. */
function nested(wit: string): string {
  return `${wit.replace(/^package ([^;]+);/m, 'package $1 {')}\n}\n`;
}

function witSource(processWit: string): string {
  const packages = WASI_PACKAGES.map((name) =>
    readFileSync(join(jcoLibrary, 'wit/builtin', WASI, `wasi-${name}`, 'package.wit'), 'utf8'),
  );
  return WORLDS + [...packages, processWit].map(nested).join('\n');
}

/** C sources by path relative to `workloads/`, headers and shared sources included. */
export type Sources = ReadonlyMap<string, string>;

async function compile(sources: Sources, flags: readonly string[]): Promise<Uint8Array> {
  const files: Record<string, unknown> = {};
  for (const [path, text] of sources) {
    const parts = path.split('/');
    const name = parts.pop() ?? path;
    let folder = files;
    for (const part of parts) {
      folder[part] ??= {};
      folder = folder[part] as Record<string, unknown>;
    }
    folder[name] = text;
  }
  // Where the headers are: the compiler's file system does not know `..`.
  const headers = [...sources.keys()].filter((path) => path.endsWith('.h'));
  const folders = [...new Set(headers.map((path) => path.slice(0, path.lastIndexOf('/'))))];
  const units = [...sources.keys()].filter((path) => path.endsWith('.c'));
  let diagnostics = '';
  const decoder = new TextDecoder();
  const options = {
    fetchProgress: () => undefined,
    stderr: (bytes: Uint8Array | null) => {
      if (bytes !== null) diagnostics += decoder.decode(bytes, { stream: true });
    },
  };
  try {
    const made = await commands.clang(
      [...CLANG_FLAGS, ...flags, ...folders.map((folder) => `-I${folder}`), '-o', 'program.wasm', ...units],
      files as Parameters<typeof commands.clang>[1],
      options,
    );
    const program = made?.['program.wasm'];
    if (program instanceof Uint8Array) return program;
  } catch (error) {
    if (!(error instanceof Exit)) throw error;
  }
  throw new Error(`clang failed:\n${diagnostics}`);
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
 * Compiles and links one program and makes a component of it. The adapter turns every exit code but 0 into 1,
 * so libc's `proc_exit` is sent to `wasi:cli/exit` `exit-with-code`, which has the same signature.
 */
export async function buildComponent(
  sources: Sources,
  processWit: string,
  kind: keyof typeof KINDS = 'program',
): Promise<Uint8Array> {
  const { flags, adapter } = KINDS[kind];
  const wat = await print(await compile(sources, flags));
  const core = await parse(
    wat.replace(
      '(import "wasi_snapshot_preview1" "proc_exit"',
      `(import "wasi:cli/exit@${WASI}" "exit-with-code"`,
    ),
  );
  const embedded = await componentEmbed({
    binary: core,
    witSource: witSource(processWit),
    world: kind,
    stringEncoding: 'utf8',
  });
  const bytes = readFileSync(join(jcoLibrary, adapter));
  return withoutNames(await componentNew(embedded, [['wasi_snapshot_preview1', bytes]]));
}
