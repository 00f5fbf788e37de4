/** What the image side hands to the sandbox side: an image that is verified, transpiled and ready to instantiate. */

/** How to run the image, as the OCI image configuration says it. */
export interface ImageConfig {
  readonly entrypoint: readonly string[];
  readonly cmd: readonly string[];
  /** `NAME=value`. */
  readonly env: readonly string[];
  readonly workingDir: string;
  readonly user: string;
  /** For example `SIGQUIT`; `SIGTERM` when the image says nothing. */
  readonly stopSignal: string;
  readonly exposedPorts: readonly string[];
}

export type ImageFile =
  | { readonly type: 'directory'; readonly path: string; readonly mode: number }
  | { readonly type: 'file'; readonly path: string; readonly mode: number; readonly content: Uint8Array }
  | { readonly type: 'symlink'; readonly path: string; readonly target: string };

/** A component after jco: an ES module that exports `instantiate`, and its core modules by name. */
export interface CompiledComponent {
  /** sha256 of the component itself. */
  readonly digest: string;
  /** Absolute path of the transpiled ES module. */
  readonly modulePath: string;
  /** Absolute paths of the instrumented core modules, by the name that the module asks for. */
  readonly coreModulePaths: Readonly<Record<string, string>>;
}

export interface CompiledImage {
  /** `sha256:...` of the manifest. */
  readonly id: string;
  readonly repoTags: readonly string[];
  readonly sizeBytes: number;
  readonly standIn: boolean;
  readonly config: ImageConfig;
  /** The root file system's own files, parents first; the sandbox keeps changes to itself. */
  readonly files: readonly ImageFile[];
  /** Which component each executable path of the image is: `/bin/sh` -> busybox. */
  readonly programs: Readonly<Record<string, CompiledComponent>>;
}

/** The image side as the wasm adapter's sandbox side sees it. */
export interface CompiledImages {
  /** Null when the image is not in the local store. */
  compiled(imageRef: string): Promise<CompiledImage | null>;
}
