/** Whether a pod may use an image that is present: only with credentials that once pulled it. */

/** What is recorded of how an image came to the node (pull_records). */
export type PullRecord =
  /** Pulled without credentials, or preloaded: everybody may use it. */
  { readonly kind: 'everyone' } | { readonly kind: 'credentials'; readonly credentials: readonly string[] };

export interface ImageAccess {
  /** By image as pods name it; an image without a record has never been verified. */
  readonly records: Readonly<Record<string, PullRecord>>;
  /** The pod's own credentials: pull secrets and service account. */
  readonly podCredentials: readonly string[];
}

/**
 * pkg/kubelet/images/pullmanager MustAttemptImagePull, inverted: whether the image that is present may
 * be used without asking the registry again (gate KubeletEnsureSecretPulledImages).
 */
export function mayUsePresentImage(image: string, access: ImageAccess): boolean {
  const record = access.records[image];
  if (!record) return false;
  if (record.kind === 'everyone') return true;
  return record.credentials.some((credential) => access.podCredentials.includes(credential));
}
