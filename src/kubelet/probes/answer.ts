/** What came of a probe, in the real prober's words, and the event it gives. */
import type { ExecSyncResponse } from '../../api/cri.ts';
import type { ProbeKind } from '../../api/types.ts';
import type { EffectError } from '../../machines/events.ts';
import { type EventText, probeErrored, probeWarning, unhealthy } from '../events/texts.ts';
import { type ProbeRequest, requestUrl } from './request.ts';

/** What one run of a check found (pkg/probe Result). */
export type ProbeAnswer =
  | { readonly result: 'success' | 'warning' | 'failure' | 'unknown'; readonly output: string }
  /** The check itself could not be run; it counts for nothing. */
  | { readonly result: 'error'; readonly error: string };

/** At most so many bytes of a command's output or a response's body are kept. */
const MAX_OUTPUT_BYTES = 10 * 1024;

/** A check that could not be run is tried so many times at once, then dropped (maxProbeRetries). */
export const PROBE_TRIES = 3;

/** pkg/probe/exec: exit code 0 is success, any other failure; the output is stdout, then stderr. */
export function execAnswer(response: ExecSyncResponse): ProbeAnswer {
  const output = truncateBytes(response.stdout + response.stderr, MAX_OUTPUT_BYTES);
  return { result: response.exitCode === 0 ? 'success' : 'failure', output };
}

/** pkg/probe/http: 200 to 399 is success; a redirect that leaves the host ends as a warning. */
export function httpAnswer(statusCode: number, body: string): ProbeAnswer {
  const output = truncateBytes(body, MAX_OUTPUT_BYTES);
  if (statusCode < 200 || statusCode >= 400) {
    return { result: 'failure', output: `HTTP probe failed with statuscode: ${statusCode}` };
  }
  if (statusCode >= 300) {
    return { result: 'warning', output: `Probe terminated redirects, Response body: ${output}` };
  }
  return { result: 'success', output };
}

/** pkg/probe/tcp: a connection is all it takes. */
export function tcpAnswer(): ProbeAnswer {
  return { result: 'success', output: '' };
}

/** pkg/probe/grpc: only SERVING is well. */
export function grpcAnswer(servingStatus: string): ProbeAnswer {
  if (servingStatus === 'SERVING') return { result: 'success', output: 'service healthy' };
  return { result: 'failure', output: `service unhealthy (responded with "${servingStatus}")` };
}

/** The client tries to connect until the time is over, so a refused connection comes as a time-out too. */
function grpcFailure({ host, port, timeoutSeconds }: GrpcRequest, error: EffectError): ProbeAnswer {
  const output = () => {
    switch (error.code) {
      case 'DeadlineExceeded':
        if (error.message === 'health rpc did not complete')
          return `timeout: ${error.message} within ${timeoutSeconds}s`;
        return `timeout: failed to connect service "${host}:${port}" within ${timeoutSeconds}s: context deadline exceeded`;
      case 'Unimplemented':
        return `error: this server does not implement the grpc health protocol (grpc.health.v1.Health): ${error.message}`;
      default:
        return `error: health rpc probe failed: rpc error: code = ${error.code} desc = ${error.message}`;
    }
  };
  return { result: 'failure', output: output() };
}

type GrpcRequest = Extract<ProbeRequest, { kind: 'grpc' }>;

/** A request that failed: a failed check where the other side is to blame, an error where the runtime is. */
export function failedAnswer(request: ProbeRequest, error: EffectError): ProbeAnswer {
  const late = error.code === 'DeadlineExceeded';
  switch (request.kind) {
    case 'invalid':
      return { result: 'error', error: request.error };
    case 'exec': {
      if (!late) return { result: 'error', error: error.message };
      const command = JSON.stringify(request.command.join(' '));
      return {
        result: 'failure',
        output: `command timed out: ${command} timed out after ${request.timeoutSeconds}s`,
      };
    }
    case 'httpGet': {
      const cause = late
        ? 'context deadline exceeded (Client.Timeout exceeded while awaiting headers)'
        : error.message;
      // What went wrong at another address, after a redirect, says so itself.
      const isElsewhere = cause.startsWith('Get "');
      const output = isElsewhere ? cause : `Get "${requestUrl(request.request)}": ${cause}`;
      return { result: 'failure', output };
    }
    case 'grpc':
      return grpcFailure(request, error);
    case 'tcpConnect': {
      const { host, port } = request;
      return { result: 'failure', output: late ? `dial tcp ${host}:${port}: i/o timeout` : error.message };
    }
  }
}

export interface ProbeOutcome {
  /** Undefined: thrown away, no counter moves. */
  readonly answer: 'success' | 'failure' | undefined;
  readonly event: EventText | undefined;
}

/** prober.go probe: what the worker counts, and the event on the container. A warning is a success. */
export function probeOutcome(kind: ProbeKind, answer: ProbeAnswer): ProbeOutcome {
  switch (answer.result) {
    case 'success':
      return { answer: 'success', event: undefined };
    case 'warning':
      return { answer: 'success', event: probeWarning(kind, answer.output) };
    case 'failure':
    case 'unknown':
      return { answer: 'failure', event: unhealthy(kind, answer.output) };
    case 'error':
      return { answer: undefined, event: probeErrored(kind, answer.error) };
  }
}

/** The text cut to so many bytes of UTF-8; what a cut leaves of a character is dropped. */
function truncateBytes(text: string, limitBytes: number): string {
  const bytes = new TextEncoder().encode(text);
  if (bytes.length <= limitBytes) return text;
  return new TextDecoder('utf-8', { fatal: false }).decode(bytes.subarray(0, limitBytes)).replace(/�+$/, '');
}
