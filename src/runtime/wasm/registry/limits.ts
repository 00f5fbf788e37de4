/** What is taken from a registry at most, and how long one waits for it: a registry is a stranger. */

export interface RegistryLimits {
  /** One manifest or index. containerd: core/remotes/docker/resolver.go MaxManifestSize. */
  readonly manifestBytes: number;
  /** One blob: a layer or a configuration. */
  readonly blobBytes: number;
  readonly layers: number;
  /** Blobs that are fetched at once. containerd's max_concurrent_downloads. */
  readonly parallel: number;
  /** Until a connection stands, TLS included. */
  readonly connectMs: number;
  /** So long a host that cannot be reached is not tried again: a node without a network answers at once. */
  readonly unreachableMs: number;
  /** Without a single byte, once the connection stands. */
  readonly idleMs: number;
  /** The wait before the first retry; every further one is twice as long. */
  readonly retryMs: number;
  /** A registry that asks for a longer wait (Retry-After) is not waited for. */
  readonly longestRetryMs: number;
  /** How often a request is tried that meets 408, 429 or 5xx. */
  readonly attempts: number;
}

export const DEFAULT_LIMITS: RegistryLimits = {
  manifestBytes: 4 * 1048 * 1048,
  blobBytes: 512 << 20,
  layers: 128,
  parallel: 3,
  connectMs: 10_000,
  unreachableMs: 30_000,
  idleMs: 20_000,
  retryMs: 250,
  longestRetryMs: 5_000,
  attempts: 4,
};
