/** How long termination messages may be (pkg/kubelet/container/runtime.go). */
export const TERMINATION_MESSAGE = {
  /** Bytes read of one container's file: its end. */
  containerBytes: 4096,
  /** Bytes in the status of one pod, the same share for each of its containers. */
  podBytes: 12 * 1024,
  /** Bytes and lines of a log that stands in for the file: its end. */
  logBytes: 2048,
  logLines: 80,
} as const;
