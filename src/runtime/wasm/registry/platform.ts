/** Which manifest of an image this node runs: WebAssembly, whatever it calls itself. */
import type { ManifestEntry, Platform } from './manifest.ts';

/** Best first. `wasip2` are components, `wasip1` core modules; `wasi` is what they were called before. */
const SYSTEMS = ['wasip2', 'wasip1', 'wasi'];
const ARCHITECTURES: ReadonlySet<string> = new Set(['wasm', 'wasm32']);

/** An annotation of images that hold a module for a runtime that looks for it (crun, runwasi). */
const VARIANT = 'module.wasm.image/variant';

/** Whether an entry of an index says that it is WebAssembly. */
export function isWasm({ os, architecture }: Platform): boolean {
  return ARCHITECTURES.has(architecture) || SYSTEMS.includes(os);
}

/** `linux/amd64` */
export function platformName({ os, architecture }: Platform): string {
  return `${os}/${architecture}`;
}

/**
 * The manifests to try, best first: those for WebAssembly, then those that name no platform, then the others, for
 * images that are labelled `linux/amd64` by the tool that built them and hold a module all the same.
 */
export function byPreference(manifests: readonly ManifestEntry[]): readonly ManifestEntry[] {
  const rank = ({ platform, annotations }: ManifestEntry) => {
    if (platform === undefined || annotations?.[VARIANT] !== undefined) return SYSTEMS.length + 1;
    const system = SYSTEMS.indexOf(platform.os);
    if (system >= 0) return system;
    if (ARCHITECTURES.has(platform.architecture)) return SYSTEMS.length;
    // What is said about an image (attestations) is no image.
    return platform.os === 'unknown' ? Number.POSITIVE_INFINITY : SYSTEMS.length + 2;
  };
  return manifests.filter((one) => Number.isFinite(rank(one))).sort((a, b) => rank(a) - rank(b));
}

export interface ConfigPlatform {
  readonly os?: unknown;
  readonly architecture?: unknown;
  readonly config?: { readonly Entrypoint?: unknown; readonly Cmd?: unknown };
}

/** Whether an image with this configuration can hold a program for this node, before its layers are fetched. */
export function mayRunHere(config: ConfigPlatform, annotations: Readonly<Record<string, string>>): boolean {
  const { os, architecture } = config;
  if (typeof os !== 'string' || typeof architecture !== 'string') return true;
  if (isWasm({ os, architecture }) || annotations[VARIANT] !== undefined) return true;
  const { Entrypoint, Cmd } = config.config ?? {};
  const command = [...(Array.isArray(Entrypoint) ? Entrypoint : []), ...(Array.isArray(Cmd) ? Cmd : [])];
  // Without a command it holds files, for a volume.
  return command.length === 0 || (typeof command[0] === 'string' && command[0].endsWith('.wasm'));
}
