import { expect, test } from 'vitest';
import { goQuote, type KlogRecord, klogLine } from '../../src/lib/klog.ts';

const AT_MS = Date.UTC(2026, 10, 23, 8, 0, 0, 250);

function line(values: KlogRecord['values'], rest: Partial<KlogRecord> = {}): string {
  const record = {
    severity: 'I',
    file: 'kubelet.go',
    message: 'SyncLoop ADD',
    structured: true,
    ...rest,
  } as const;
  return klogLine({ ...record, values }, AT_MS);
}

test('a line has severity, date, time, process, file, the quoted message, and the pairs', () => {
  expect(line({ source: 'api', pods: ['default/web', 'default/db'] })).toBe(
    'I1123 08:00:00.250000       1 kubelet.go:1] "SyncLoop ADD" source="api" pods=["default/web","default/db"]',
  );
});

test('numbers, switches and structs are written as JSON, texts are quoted', () => {
  expect(
    line({ gracePeriod: 30, ready: true, event: { ID: 'u', Type: 'ContainerDied' }, err: 'a "b"' }),
  ).toMatch(/ gracePeriod=30 ready=true event=\{"ID":"u","Type":"ContainerDied"\} err="a \\"b\\""$/);
});

test('a text of several lines stands below its key', () => {
  expect(line({ output: 'one\ntwo\n' })).toMatch(/ output=<\n\tone\n\ttwo\n >$/);
  expect(line({ output: 'one\ntwo' })).toMatch(/ output=<\n\tone\n\ttwo\n >$/);
});

test('what is still logged as a sentence is not quoted', () => {
  expect(line({}, { severity: 'W', structured: false, message: 'it is "so"' })).toBe(
    'W1123 08:00:00.250000       1 kubelet.go:1] it is "so"',
  );
});

test('texts are quoted as Go quotes them', () => {
  expect(goQuote('a\t"b"\\\x00\x7f\v 容器')).toBe('"a\\t\\"b\\"\\\\\\x00\\x7f\\v 容器"');
});
