import { expect, test } from 'vitest';
import { execAnswer, failedAnswer, httpAnswer, probeOutcome } from '../../../src/kubelet/probes/answer.ts';
import { probeRequest } from '../../../src/kubelet/probes/request.ts';

const NAME = 'web_default(uid-1)';
const container = {
  name: 'web',
  ports: [{ name: 'http', containerPort: 8080 }],
  env: [{ name: 'FILE', value: '/tmp/healthy' }],
};

test('an HTTP status from 200 to 399 is a success, a redirect with a warning', () => {
  expect(probeOutcome('readiness', httpAnswer(200, 'ok'))).toEqual({ answer: 'success', event: undefined });
  expect(probeOutcome('readiness', httpAnswer(302, 'there'))).toEqual({
    answer: 'success',
    event: {
      type: 'Warning',
      reason: 'ProbeWarning',
      message: 'Readiness probe warning: Probe terminated redirects, Response body: there',
    },
  });
  expect(probeOutcome('readiness', httpAnswer(500, 'ignored')).event?.message).toBe(
    'Readiness probe failed: HTTP probe failed with statuscode: 500',
  );
});

test("a command's output is stdout, then stderr, of at most 10 KiB", () => {
  const answer = execAnswer({ stdout: 'a'.repeat(10_239), stderr: 'éb', exitCode: 1 });
  expect(answer).toEqual({ result: 'failure', output: 'a'.repeat(10_239) });
  const short = execAnswer({ stdout: '', stderr: "cat: can't open '/tmp/healthy'\n", exitCode: 1 });
  expect(probeOutcome('liveness', short).event?.message).toBe(
    "Liveness probe failed: cat: can't open '/tmp/healthy'\n",
  );
});

test('what a connection or a time-out says is told in the words of Go', () => {
  const http = probeRequest({ httpGet: { port: 'http', path: '/healthz' } }, container, '10.1.2.3', NAME);
  const refused = {
    code: 'Unavailable' as const,
    message: 'dial tcp 10.1.2.3:8080: connect: connection refused',
  };
  const late = { code: 'DeadlineExceeded' as const, message: 'context deadline exceeded' };
  expect(failedAnswer(http, refused)).toEqual({
    result: 'failure',
    output: 'Get "http://10.1.2.3:8080/healthz": dial tcp 10.1.2.3:8080: connect: connection refused',
  });
  expect(failedAnswer(http, late)).toEqual({
    result: 'failure',
    output:
      'Get "http://10.1.2.3:8080/healthz": context deadline exceeded (Client.Timeout exceeded while awaiting headers)',
  });
  const tcp = probeRequest({ tcpSocket: { port: 80 } }, container, '10.1.2.3', NAME);
  expect(failedAnswer(tcp, refused)).toEqual({ result: 'failure', output: refused.message });
  expect(failedAnswer(tcp, late)).toEqual({ result: 'failure', output: 'dial tcp 10.1.2.3:80: i/o timeout' });
});

test('a command that takes too long failed, one that the runtime could not run counts for nothing', () => {
  const exec = probeRequest({ exec: { command: ['cat', '$(FILE)'] } }, container, '', NAME);
  expect(exec).toEqual({ kind: 'exec', command: ['cat', '/tmp/healthy'], timeoutSeconds: 1 });
  const late = failedAnswer(exec, { code: 'DeadlineExceeded', message: 'late' });
  expect(late).toEqual({
    result: 'failure',
    output: 'command timed out: "cat /tmp/healthy" timed out after 1s',
  });
  const broken = failedAnswer(exec, { code: 'Unknown', message: 'no such container' });
  expect(probeOutcome('liveness', broken)).toEqual({
    answer: undefined,
    event: {
      type: 'Warning',
      reason: 'Unhealthy',
      message: 'Liveness probe errored and resulted in unknown state: no such container',
    },
  });
});

test('the request carries the kubelet as user agent, unless the probe says otherwise', () => {
  const httpHeaders = [{ name: 'user-agent', value: 'me' }];
  const request = probeRequest({ httpGet: { port: 80, httpHeaders } }, container, '10.1.2.3', NAME);
  expect(request).toMatchObject({
    request: {
      path: '/',
      headers: [
        ['user-agent', 'me'],
        ['Accept', '*/*'],
      ],
    },
  });
});

test('a port that the container does not name is an error', () => {
  const request = probeRequest({ tcpSocket: { port: 'nope' } }, container, '10.1.2.3', NAME);
  expect(request).toEqual({ kind: 'invalid', error: 'port nope not found' });
});
