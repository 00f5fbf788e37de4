/** What a guest may import is what the host has, and all that WASI has. */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { hostImports } from '../../../../src/runtime/wasm/host/imports.ts';
import {
  NEWEST_WASI,
  offeredInterfaces,
  offeredMembers,
  PREVIEW1,
  RUN_INTERFACES,
} from '../../../../src/runtime/wasm/host/offered.ts';
import { preview1Imports } from '../../../../src/runtime/wasm/host/preview1/imports.ts';
import type { Process } from '../../../../src/runtime/wasm/process/process.ts';
import { processOn } from './fake-process.ts';

const root = join(import.meta.dirname, '../../../..');
const wit = join(root, 'node_modules/@bytecodealliance/jco/lib/wit/builtin', NEWEST_WASI);

/** Interfaces and members of a WIT package, without what only an unstable feature has. */
function membersOf(source: string): Map<string, string[]> {
  const text = source.replace(/\/\/.*$/gm, '').replace(/^ +@unstable\([^)]*\)\n.*$/gm, '');
  const name = /^package ([^@;]+)/m.exec(text)?.[1];
  const found = new Map<string, string[]>();
  for (const [, unstable, id = '', body = ''] of text.matchAll(
    /(@unstable\([^)]*\)\s*)?^interface ([a-z0-9-]+) \{(.*?)^\}/gms,
  )) {
    if (unstable !== undefined) continue;
    const members: string[] = [];
    for (const [, resource = '', inside = ''] of body.matchAll(/resource ([a-z0-9-]+) \{(.*?)^ {2,4}\}/gms)) {
      for (const [, method = ''] of inside.matchAll(/^\s*%?([a-z0-9-]+): (?:static )?func\(/gm))
        members.push(`${resource}.${method}`);
      if (/^\s*constructor\(/m.test(inside)) members.push(resource);
    }
    const outside = body.replace(/resource [a-z0-9-]+ \{.*?^ {2,4}\}/gms, '');
    for (const [, fn = ''] of outside.matchAll(/^\s*%?([a-z0-9-]+): func\(/gm)) members.push(fn);
    found.set(`${name}/${id}`, members);
  }
  return found;
}

const packages = ['cli', 'clocks', 'filesystem', 'http', 'io', 'random', 'sockets'].map(
  (name) => `wasi-${name}`,
);
const wasi = packages.flatMap((name) => [...membersOf(readFileSync(join(wit, name, 'package.wit'), 'utf8'))]);
const own = membersOf(readFileSync(join(root, 'workloads/wit/process.wit'), 'utf8'));

/** Answers every question with itself: enough to ask which functions a host would have. */
const anyProcess: object = new Proxy(() => anyProcess, { get: () => anyProcess });

const camel = (name: string) => name.replace(/-(.)/g, (_, letter: string) => letter.toUpperCase());
const pascal = (name: string) => camel(`-${name}`);

describe('what is offered', () => {
  test('the WIT of WASI is read in full', () => {
    expect(readdirSync(wit)).toEqual(expect.arrayContaining(packages));
    expect(wasi.flatMap(([, members]) => members).length).toBe(177);
  });

  test.each([...wasi, ...own].filter(([name]) => !RUN_INTERFACES.includes(name)))(
    'has all of %s',
    (name, members) => {
      expect([...(offeredMembers(name) ?? ['no such interface'])].sort()).toEqual([...members].sort());
    },
  );

  test.each(offeredInterfaces().filter((name) => name !== PREVIEW1))('is in the host: %s', (name) => {
    const functions = hostImports(anyProcess as Process)[name] ?? {};
    for (const member of offeredMembers(name) ?? []) {
      const [resource = '', method] = member.split('.');
      const type = functions[pascal(resource)] as
        | undefined
        | (Record<string, unknown> & { prototype: object });
      const found =
        method === undefined
          ? (functions[camel(resource)] ?? type)
          : (Reflect.get(type?.prototype ?? {}, camel(method)) ?? type?.[camel(method)]);
      expect(found, member).toBeTypeOf('function');
    }
  });

  test('is in the host for core modules, and nothing else', () => {
    const { functions } = preview1Imports(processOn('memory').process.asProcess);
    expect(Object.keys(functions).sort()).toEqual([...(offeredMembers(PREVIEW1) ?? [])].sort());
  });

  test('is all that the host has', () => {
    expect(Object.keys(hostImports(anyProcess as Process)).sort()).toEqual([...offeredInterfaces()].sort());
  });
});
