import { describe, expect, test } from 'vitest';
import { transferAdvice } from '../../src/cli/transfer-advice.ts';

const IMAGE = 'registry.corp:5000/team/app:1';
const HEAD = 'failed to do request: Head "https://registry.corp:5000/v2/team/app/manifests/1": ';
const advice = (message: string, language: 'en' | 'zh' = 'en', note?: string) =>
  transferAdvice(message, IMAGE, note, { language, environment: { PODSTEP_HOME: '/home' } });

describe('a pull that failed says what to do', () => {
  test.each([
    ['ENOSPC: no space left on device, write', /the disk is full/],
    [`${HEAD}dial tcp: lookup registry.corp: no such host`, /knows no registry\.corp:5000: check .* spelled/],
    [`${HEAD}dial tcp 192.0.2.1:5000: connect: connection refused`, /nobody listens at registry\.corp:5000/],
    [`${HEAD}dial tcp 192.0.2.1:5000: i/o timeout`, /did not answer: check the network, or the proxy/],
    [`${HEAD}net/http: timeout awaiting response headers`, /did not answer/],
    [
      `${HEAD}http: server gave HTTP response to HTTPS client`,
      /\/home\/certs\.d\/registry\.corp:5000\/hosts/,
    ],
    [`${HEAD}tls: failed to verify certificate: x509: certificate signed by unknown authority`, /ca\.crt$/],
    ['pull access denied: authorization failed: no basic auth credentials', /give --creds USER:PASSWORD/],
    [`failed to resolve reference "${IMAGE}": ${IMAGE}: not found`, /check the name and its tag/],
    ['no stand-in for this image: podstep has its own programs', /podstep images lists/],
  ])('%s', (message, expected) => {
    expect(advice(message)).toMatch(expected);
    expect(advice(message, 'zh')).toMatch(/\p{Script=Han}/u);
  });

  test('where Docker keeps the password elsewhere, that comes first', () => {
    expect(advice('401 Unauthorized', 'en', 'ask the helper')).toBe('ask the helper');
  });

  test('and is silent where the message says it all', () => {
    expect(advice('the import env.alert is not offered')).toBeUndefined();
  });
});
