/** The media types of manifests, configurations and layers, OCI's and Docker's (image-spec: media-types.md). */

export const INDEX_TYPES: ReadonlySet<string> = new Set([
  'application/vnd.oci.image.index.v1+json',
  'application/vnd.docker.distribution.manifest.list.v2+json',
]);

export const MANIFEST_TYPES: ReadonlySet<string> = new Set([
  'application/vnd.oci.image.manifest.v1+json',
  'application/vnd.docker.distribution.manifest.v2+json',
]);

/** What one asks for when a name is resolved. */
export const ACCEPT = [
  'application/vnd.docker.distribution.manifest.v2+json',
  'application/vnd.docker.distribution.manifest.list.v2+json',
  'application/vnd.oci.image.manifest.v1+json',
  'application/vnd.oci.image.index.v1+json',
  '*/*',
].join(', ');

/** The configuration of a WebAssembly artifact (CNCF Wasm working group), and of the layouts before it. */
export const WASM_CONFIG_TYPES: ReadonlySet<string> = new Set([
  'application/vnd.wasm.config.v0+json',
  'application/vnd.wasm.config.v1+json',
]);

/** A layer that is a component or a core module by itself. */
export const WASM_LAYER_TYPES: ReadonlySet<string> = new Set([
  'application/wasm',
  'application/vnd.wasm.content.layer.v1+wasm',
  'application/vnd.bytecodealliance.wasm.component.layer.v0+wasm',
]);
