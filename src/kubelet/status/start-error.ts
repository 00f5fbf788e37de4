/** The last failure to start each container: what becomes the waiting reason (the kubelet's reason cache). */

/** A waiting reason and its text, for example `ErrImagePull` (pkg/kubelet/reason_cache.go). */
export interface StartError {
  readonly reason: string;
  readonly message: string;
}

/** By container name, of one pod. A start that succeeds takes its entry out. */
export type StartErrors = Readonly<Record<string, StartError>>;
