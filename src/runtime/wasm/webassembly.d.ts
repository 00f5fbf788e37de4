/** The part of the WebAssembly JavaScript API that podstep uses: the compiler knows it only together with the DOM. */
declare namespace WebAssembly {
  type ImportValue = ExportValue | number | bigint | ((...values: never[]) => unknown) | Suspending;
  type Imports = Record<string, Record<string, ImportValue>>;
  type ExportValue = Memory | Table | Global | Tag | ((...values: never[]) => unknown);
  type Exports = Readonly<Record<string, ExportValue>>;

  interface ModuleExportDescriptor {
    readonly name: string;
    readonly kind: 'function' | 'table' | 'memory' | 'global' | 'tag';
  }
  interface ModuleImportDescriptor extends ModuleExportDescriptor {
    readonly module: string;
  }

  class Module {
    constructor(bytes: ArrayBuffer | ArrayBufferView);
    static exports(module: Module): ModuleExportDescriptor[];
    static imports(module: Module): ModuleImportDescriptor[];
  }
  class Instance {
    constructor(module: Module, imports?: Imports);
    readonly exports: Exports;
  }
  class Memory {
    constructor(descriptor: { initial: number; maximum?: number });
    readonly buffer: ArrayBuffer;
    grow(pages: number): number;
  }
  class Table {
    constructor(descriptor: { element: 'anyfunc' | 'externref'; initial: number; maximum?: number });
    readonly length: number;
    get(index: number): unknown;
    set(index: number, value: unknown): void;
  }
  class Global<T = number> {
    constructor(descriptor: { value: 'i32' | 'i64' | 'f32' | 'f64'; mutable?: boolean }, value: T);
    value: T;
  }
  class Tag {
    constructor(descriptor: { parameters: string[] });
  }
  class CompileError extends Error {}
  class LinkError extends Error {}
  class RuntimeError extends Error {}
  /** JSPI (JavaScript Promise Integration): an import that may suspend its caller. */
  class Suspending {
    constructor(implementation: (...values: never[]) => unknown);
  }
  /** JSPI: thrown when a suspending import is called where nothing may suspend. */
  class SuspendError extends Error {}
  /** JSPI: the export as a function that returns a promise. */
  function promising(exported: ExportValue): (...values: unknown[]) => Promise<unknown>;
  function validate(bytes: ArrayBuffer | ArrayBufferView): boolean;
  function compile(bytes: ArrayBuffer | ArrayBufferView): Promise<Module>;
  function instantiate(module: Module, imports?: Imports): Promise<Instance>;
}
