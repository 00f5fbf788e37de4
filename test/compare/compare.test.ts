import { expect, test } from 'vitest';
import { compareFacts, tally } from '../../src/compare/compare.ts';
import type { Fact, FactKind } from '../../src/compare/facts.ts';
import { KNOWN_REASONS } from '../../src/compare/reasons.ts';

const facts = (kind: FactKind, texts: readonly string[]): Fact[] =>
  texts.map((text, index) => ({ pod: 'default/web', container: 'web', kind, text, elapsedMs: index }));

/** `verdict reason`, a row each. */
const rowsOf = (kind: FactKind, left: readonly string[], right: readonly string[]) =>
  compareFacts(facts(kind, left), facts(kind, right)).flatMap(({ rows }) =>
    rows.map(({ verdict, reasons }) => [verdict, ...reasons.map((key) => key.split('.').at(-1))].join(' ')),
  );

const PULLED = 'Pulled: Successfully pulled image "nginx" in';

test.each<readonly [name: string, FactKind, readonly string[], readonly string[], readonly string[]]>([
  ['the same facts', 'start', ['Created: c', 'Started: c'], ['Created: c', 'Started: c'], ['same', 'same']],
  ['how often is timing', 'probe', ['Unhealthy: a'], ['Unhealthy: a', 'Unhealthy: a'], ['same']],
  [
    'durations and sizes',
    'pull',
    [`${PULLED} 0s (0s including waiting). Image size: 12 bytes.`],
    [`${PULLED} 1.25s (1m2.5s including waiting). Image size: 4096 bytes.`],
    ['explained size duration'],
  ],
  [
    'addresses',
    'probe',
    ['Unhealthy: Get "http://10.244.0.2:80/": connect: connection refused'],
    ['Unhealthy: Get "http://172.17.0.3:80/": connect: connection refused'],
    ['explained address'],
  ],
  [
    'an image that was there',
    'pull',
    ['Pulling: Pulling image "nginx"', `${PULLED} 0s`],
    ['Pulled: Container image "nginx" already present on machine and can be accessed by the pod'],
    ['explained imagePresent', 'explained imagePresent'],
  ],
  [
    'a program that is not there',
    'exit',
    ['exit 128 StartError: failed to create containerd task'],
    ['exit 127 ContainerCannotRun: OCI runtime create failed'],
    ['explained startFailure'],
  ],
  [
    'ids of pods',
    'start',
    [
      'BackOff: Back-off restarting failed container c in pod a_default(6a90a4b0-95a6-4f59-9c33-8e3cbb9fbbb0)',
    ],
    [
      'BackOff: Back-off restarting failed container c in pod a_default(0f7b2f0e-55aa-4c60-8c5b-22b2e2f55555)',
    ],
    ['explained id'],
  ],
  ['out of memory', 'exit', ['exit 137 OOMKilled'], ['exit 137 Error'], ['explained outOfMemory']],
  [
    'what a probed program wrote',
    'probe',
    ['Unhealthy: Liveness probe failed: cat: no such file'],
    ['Unhealthy: Liveness probe failed: cat: cannot open'],
    ['explained probeOutput'],
  ],
  [
    'a start that takes a moment',
    'probe',
    ['readiness: waiting -> probing.Success'],
    ['Unhealthy: Readiness probe failed: refused', 'readiness: waiting -> probing.Success'],
    ['explained startLatency', 'same'],
  ],
  [
    'one round more',
    'exit',
    ['exit 1 Error', 'exit 0 Completed'],
    ['exit 1 Error', 'exit 0 Completed', 'exit 1 Error'],
    ['same', 'same', 'explained furtherRounds'],
  ],
  ['another exit code', 'exit', ['exit 0 Completed'], ['exit 1 Error'], ['different']],
  ['a kill on one side', 'kill', [], ['Killing: Stopping container web'], ['different']],
  [
    'another order',
    'start',
    ['Created: c', 'Started: c'],
    ['Started: c', 'Created: c'],
    ['different', 'same', 'different'],
  ],
  ['a liveness failure on one side', 'probe', [], ['Unhealthy: Liveness probe failed: x'], ['different']],
  ['another condition', 'condition', ['Ready=True'], ['Ready=False ContainersNotReady'], ['different']],
])('lined up by meaning: %s', (_name, kind, left, right, wanted) => {
  expect(rowsOf(kind, left, right)).toEqual(wanted);
});

test('facts of one container are not laid beside those of another', () => {
  const left = facts('exit', ['exit 0 Completed']);
  const right = left.map((fact) => ({ ...fact, container: 'other' }));
  expect(tally(compareFacts(left, right))).toEqual({ same: 0, explained: 0, different: 2 });
});

test('the names of reasons are unique, and each is explained in a text of its own', () => {
  expect(new Set(KNOWN_REASONS.map(({ name }) => name)).size).toBe(KNOWN_REASONS.length);
  expect(new Set(KNOWN_REASONS.map(({ text }) => text)).size).toBe(KNOWN_REASONS.length);
});
