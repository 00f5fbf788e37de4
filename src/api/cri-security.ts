/** Who a container's processes are, what they see and what they may do: CRI's LinuxContainerSecurityContext. */

/** Whose processes a container sees (NamespaceOption.pid). */
export type PidNamespace =
  | { readonly mode: 'CONTAINER' }
  | { readonly mode: 'POD' }
  /** Those of another container. */
  | { readonly mode: 'TARGET'; readonly targetId: string };

/** CRI SecurityProfile; `localhostRef` is a file of the node, absolute. */
export type SecurityProfile =
  | { readonly profileType: 'RuntimeDefault' | 'Unconfined' }
  | { readonly profileType: 'Localhost'; readonly localhostRef: string };

/** CRI SELinuxOption. */
export interface SelinuxOption {
  readonly user?: string;
  readonly role?: string;
  readonly type?: string;
  readonly level?: string;
}

export interface LinuxContainerSecurityContext {
  /** Its own processes alone when left out. */
  readonly pidNamespace?: PidNamespace;
  readonly runAsUser?: number;
  readonly runAsGroup?: number;
  /** Beside the primary group. */
  readonly supplementalGroups?: readonly number[];
  readonly readonlyRootfs: boolean;
  readonly privileged: boolean;
  /** Kernel privileges to add to the runtime's own list, and to take from it: `NET_ADMIN`, `ALL`. */
  readonly capabilities?: { readonly add: readonly string[]; readonly drop: readonly string[] };
  /** No program may gain privileges that its parent does not have. */
  readonly noNewPrivs?: boolean;
  /** Which system calls it may make; left out: all of them. */
  readonly seccomp?: SecurityProfile;
  readonly selinuxOptions?: SelinuxOption;
  /** Paths of /proc and /sys that are hidden, and that are not to be written; left out: the runtime's own lists. */
  readonly maskedPaths?: readonly string[];
  readonly readonlyPaths?: readonly string[];
}
