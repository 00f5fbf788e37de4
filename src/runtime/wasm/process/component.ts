/** Loads a transpiled component once: its ES module and its compiled core modules, shared by all instances. */
import fs from 'node:fs';
import { pathToFileURL } from 'node:url';
import { present } from '../../../lib/assert.ts';
import type { CompiledComponent } from '../image.ts';

/** `startsItself`: the caller runs the module's start function (INSTRUMENT.start), where it may be suspended. */
export type InstantiateCore = (
  module: WebAssembly.Module,
  imports: WebAssembly.Imports,
  startsItself?: boolean,
) => WebAssembly.Instance;

/** What a WASI command exports. */
export interface CommandInstance {
  readonly run: { readonly run: () => Promise<void> };
}

interface TranspiledModule {
  readonly instantiate: (
    coreModule: (name: string) => WebAssembly.Module,
    imports: Readonly<Record<string, unknown>>,
    instantiateCore: InstantiateCore,
  ) => Promise<CommandInstance>;
}

export interface LoadedComponent {
  instantiate(
    imports: Readonly<Record<string, unknown>>,
    instantiateCore: InstantiateCore,
  ): Promise<CommandInstance>;
}

const loaded = new Map<string, Promise<LoadedComponent>>();

export function loadComponent(component: CompiledComponent): Promise<LoadedComponent> {
  const known = loaded.get(component.modulePath);
  if (known !== undefined) return known;
  const loading = load(component);
  loaded.set(component.modulePath, loading);
  loading.catch(() => loaded.delete(component.modulePath));
  return loading;
}

async function load(component: CompiledComponent): Promise<LoadedComponent> {
  const transpiled = (await import(pathToFileURL(component.modulePath).href)) as TranspiledModule;
  const modules = new Map<string, WebAssembly.Module>();
  for (const [name, file] of Object.entries(component.coreModulePaths)) {
    modules.set(name, new WebAssembly.Module(fs.readFileSync(file)));
  }
  const coreModule = (name: string) => present(modules.get(name), `core module ${name}`);
  return {
    instantiate: (imports, instantiateCore) => transpiled.instantiate(coreModule, imports, instantiateCore),
  };
}
