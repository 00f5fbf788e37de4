import { expect, test } from 'vitest';
import type { Container } from '../../../src/api/types.ts';
import { formatFieldError } from '../../../src/api/validation/field-error.ts';
import { validateRestartRules } from '../../../src/api/validation/restart-rules.ts';

const rule = (fields: object = {}) => ({
  action: 'Restart',
  exitCodes: { operator: 'In', values: [42] },
  ...fields,
});
const refused = (fields: object) =>
  validateRestartRules({ name: 'app', image: 'busybox', ...fields } as Container, 'c').map(formatFieldError);

test('a container may have its own restart policy, and rules for exit codes', () => {
  expect(refused({})).toEqual([]);
  for (const restartPolicy of ['Always', 'OnFailure', 'Never']) {
    expect(refused({ restartPolicy })).toEqual([]);
    expect(refused({ restartPolicy, restartPolicyRules: [rule()] })).toEqual([]);
  }
  const all = rule({ action: 'RestartAllContainers', exitCodes: { operator: 'NotIn', values: [0] } });
  expect(refused({ restartPolicy: 'Never', restartPolicyRules: [all] })).toEqual([]);
});

test.each([
  [
    { restartPolicyRules: [rule()] },
    'c.restartPolicy: Required value: must specify restartPolicy when restart rules are used',
  ],
  [
    { restartPolicy: 'Sometimes' },
    'c.restartPolicy: Unsupported value: "Sometimes": supported values: "Always", "Never", "OnFailure"',
  ],
  [
    { restartPolicy: 'Never', restartPolicyRules: [rule({ action: 'DoNotRestart' })] },
    'c.restartPolicyRules[0].action: Unsupported value: "DoNotRestart": supported values: "Restart", "RestartAllContainers"',
  ],
  [
    {
      restartPolicy: 'Never',
      restartPolicyRules: [rule({ exitCodes: { operator: 'Equals', values: [3] } })],
    },
    'c.restartPolicyRules[0].exitCodes.operator: Unsupported value: "Equals": supported values: "In", "NotIn"',
  ],
  [
    { restartPolicy: 'Never', restartPolicyRules: Array.from({ length: 21 }, () => rule()) },
    'c.restartPolicyRules: Too many: 21: must have at most 20 items',
  ],
])('%j is refused', (fields, text) => {
  expect(refused(fields)).toEqual([text]);
});
