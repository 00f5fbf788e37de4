import { expect, test } from 'vitest';
import { parseEgressRule } from '../../../../src/runtime/wasm/net/egress-rule.ts';

test.each([
  ['example.com', 'example.com', 80, true],
  ['example.com', 'EXAMPLE.com', 443, true],
  ['example.com:443', 'example.com', 80, false],
  ['example.com', 'www.example.com', 80, false],
  ['*.example.com', 'www.example.com', 80, true],
  ['*.example.com', 'example.com', 80, false],
  ['*.example.com', 'badexample.com', 80, false],
  ['10.1.2.3:22', '10.1.2.3', 22, true],
  ['10.1.0.0/16', '10.1.200.3', 1, true],
  ['10.1.0.0/16', '10.2.0.1', 1, false],
  ['0.0.0.0/0', '192.0.2.1', 1, true],
  ['0.0.0.0/0', 'example.com', 1, false],
  ['*', 'anything.at.all', 1, true],
  ['*:443', '192.0.2.1', 80, false],
])('%s and %s:%d: %s', (rule, host, port, allowed) => {
  expect(parseEgressRule(rule)?.allows(host, port)).toBe(allowed);
});

test.each([
  '',
  ':80',
  'a b',
  'example.com:0',
  'example.com:70000',
  '10.1.0.0/33',
  '1.2.3',
  'a..b',
  '[::1]:80',
])('%j is no rule', (text) => expect(parseEgressRule(text)).toBeUndefined());
