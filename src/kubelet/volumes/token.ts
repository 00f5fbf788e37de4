/** How long a service account token lives, and when the kubelet asks for a new one. */
import type { Pod } from '../../api/types.ts';
import { goQuote } from '../../lib/klog.ts';
import type { TokenRequest } from '../../machines/effects.ts';
import type { TokenProjection } from './payload.ts';

/** The life that is granted when a pod asks for none (SetDefaults_ServiceAccountTokenProjection). */
const DEFAULT_TOKEN_SECONDS = 3600;

/** token_manager.go: a token is renewed after this share of its life, or at this age, each up to `MAX_JITTER_MS` earlier. */
export const REFRESH_PERCENT = 80;
export const MAX_AGE_HOURS = 24;
const MAX_JITTER_MS = 10_000;

/** A token that the kubelet holds. */
export interface Token {
  readonly text: string;
  readonly expiresAtMs: number;
  /** From then on a new one is asked for. */
  readonly refreshAtMs: number;
}

/** token_manager.go requiresRefresh, as an instant; `draw` is from 0 to 1 and spreads the kubelets out. */
export function refreshAtMs(expiresAtMs: number, expirationSeconds: number, draw: number): number {
  const jitterMs = Math.trunc((draw * MAX_JITTER_MS) / 1_000) * 1_000;
  const restSeconds = Math.trunc((expirationSeconds * (100 - REFRESH_PERCENT)) / 100);
  const issuedAtMs = expiresAtMs - expirationSeconds * 1_000;
  return Math.min(issuedAtMs + MAX_AGE_HOURS * 3_600_000, expiresAtMs - restSeconds * 1_000) - jitterMs;
}

/** What is asked for: bound to the pod, so that it is worth nothing once the pod is gone (projected.go collectData). */
export function tokenRequestOf(
  { metadata, spec }: Pod,
  { audience = '', expirationSeconds = DEFAULT_TOKEN_SECONDS }: TokenProjection,
): TokenRequest {
  return {
    namespace: metadata.namespace,
    serviceAccount: spec.serviceAccountName ?? 'default',
    audience,
    expirationSeconds,
    podName: metadata.name,
    podUid: metadata.uid,
  };
}

/** token_manager.go: expired tokens leave the cache this often. */
const CLEANUP_PERIOD_MS = 60_000;

/** Whether the manager, which began at `startedMs`, has cleared the token away since it expired (cleanup). */
export function isClearedAway({ expiresAtMs }: Token, startedMs: number, nowMs: number): boolean {
  const sinceCleanupMs = (nowMs - startedMs) % CLEANUP_PERIOD_MS;
  return nowMs - sinceCleanupMs > expiresAtMs;
}

/** How the token is called in errors and in the log: Go's own way to print the request (keyFunc). */
export function printedKey({ namespace, serviceAccount, audience, ...rest }: TokenRequest): string {
  const { expirationSeconds, podName, podUid } = rest;
  const audiences = audience === '' ? '[]string(nil)' : `[]string{${goQuote(audience)}}`;
  const pod = `v1.BoundObjectReference{Kind:"Pod", APIVersion:"v1", Name:"${podName}", UID:"${podUid}"}`;
  return `"${serviceAccount}"/"${namespace}"/${audiences}/${expirationSeconds}/${pod}`;
}

/** Names a token in the cache; the pod's UID comes first. */
export function tokenKey(request: TokenRequest): string {
  const { namespace, serviceAccount, audience, expirationSeconds, podUid } = request;
  return [podUid, namespace, serviceAccount, audience, expirationSeconds].join('/');
}
