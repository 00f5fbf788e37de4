/**
 * The kubelet holds a shutdown back by a lock of systemd-logind, and logind allows only so long a delay; the
 * kubelet raises it. Follows pkg/kubelet/nodeshutdown/nodeshutdown_manager_linux.go start.
 */
import { formatDuration } from '../../lib/time.ts';

/** What logind allows when its configuration says nothing (logind.conf, InhibitDelayMaxSec). */
export const LOGIND_DEFAULT_DELAY_MS = 5_000;

/** pkg/kubelet/nodeshutdown/systemd/inhibit_linux.go OverrideInhibitDelay. */
export const LOGIND_OVERRIDE_PATH = '/etc/systemd/logind.conf.d/99-kubelet.conf';

export function logindOverride(delayMs: number): string {
  return `# Kubelet logind override\n[Login]\nInhibitDelayMaxSec=${Math.round(delayMs / 1_000)}\n`;
}

export interface InhibitDelay {
  /** What the groups need together. */
  readonly requestedMs: number;
  /** What logind allows now, and after the kubelet has raised it. */
  readonly allowedMs: number;
  readonly allowedAfterOverrideMs: number;
}

export interface InhibitDecision {
  readonly overridden: boolean;
  /** Why the manager cannot start: what logind allows is still too little. */
  readonly error?: string;
}

/** Raises what logind allows where it is too little. */
export function inhibitDelay({
  requestedMs,
  allowedMs,
  allowedAfterOverrideMs,
}: InhibitDelay): InhibitDecision {
  if (requestedMs <= allowedMs) return { overridden: false };
  if (requestedMs <= allowedAfterOverrideMs) return { overridden: true };
  const [requested, allowed] = [formatDuration(requestedMs), formatDuration(allowedAfterOverrideMs)];
  const error = `node shutdown manager was unable to update logind InhibitDelayMaxSec to ${requested} (ShutdownGracePeriod), current value of InhibitDelayMaxSec (${allowed}) is less than requested ShutdownGracePeriod`;
  return { overridden: true, error };
}
