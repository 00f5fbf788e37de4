/** Loads a transpiled component once: its ES module and its compiled core modules, shared by all instances. */
import fs from 'node:fs';
import { pathToFileURL } from 'node:url';
import { present } from '../../../lib/assert.ts';
import type { IncomingRequest, ResponseOutparam } from '../host/http/messages.ts';
import type { CompiledComponent } from '../image.ts';

/** `startsItself`: the caller runs the module's start function (INSTRUMENT.start), where it may be suspended. */
export type InstantiateCore = (
  module: WebAssembly.Module,
  imports: WebAssembly.Imports,
  startsItself?: boolean,
) => WebAssembly.Instance;

/** What a component exports to be run by: a command, or a handler of requests. */
export interface ComponentInstance {
  readonly run?: { readonly run: () => Promise<void> };
  readonly incomingHandler?: {
    readonly handle: (request: IncomingRequest, outparam: ResponseOutparam) => Promise<void>;
  };
}

interface TranspiledModule {
  /** The names of a component's exports; a core module, which can only run, has none. */
  readonly exported?: readonly string[];
  readonly instantiate: (
    coreModule: (name: string) => WebAssembly.Module,
    imports: Readonly<Record<string, unknown>>,
    instantiateCore: InstantiateCore,
  ) => Promise<ComponentInstance>;
}

export interface LoadedComponent {
  /** It handles requests and does not run by itself. */
  readonly serves: boolean;
  instantiate(
    imports: Readonly<Record<string, unknown>>,
    instantiateCore: InstantiateCore,
  ): Promise<ComponentInstance>;
}

const loaded = new Map<string, Promise<LoadedComponent>>();

/** Loaded once; a failure is not kept. @throws Error when its files are not there, or hold no modules */
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
  const { exported = ['run'] } = transpiled;
  const coreModule = (name: string) => present(modules.get(name), `core module ${name}`);
  return {
    serves: !exported.includes('run'),
    instantiate: (imports, instantiateCore) => transpiled.instantiate(coreModule, imports, instantiateCore),
  };
}
