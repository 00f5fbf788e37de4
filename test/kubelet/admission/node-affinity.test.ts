import { expect, test } from 'vitest';
import { matchesNode } from '../../../src/kubelet/admission/node-affinity.ts';

const node = { name: 'node-1', labels: { disk: 'ssd', cores: '8' } };

type Operator = 'In' | 'NotIn' | 'Exists' | 'DoesNotExist' | 'Gt' | 'Lt';
type Requirement = { key: string; operator: Operator; values?: string[] };

/** One list of requirements for each term. */
const affinity = (...terms: Requirement[][]) => ({
  affinity: {
    nodeAffinity: {
      requiredDuringSchedulingIgnoredDuringExecution: {
        nodeSelectorTerms: terms.map((matchExpressions) => ({ matchExpressions })),
      },
    },
  },
});

test.each<[Requirement, boolean]>([
  [{ key: 'disk', operator: 'In', values: ['hdd', 'ssd'] }, true],
  [{ key: 'disk', operator: 'In', values: ['hdd'] }, false],
  [{ key: 'zone', operator: 'NotIn', values: ['a'] }, true],
  [{ key: 'disk', operator: 'NotIn', values: ['ssd'] }, false],
  [{ key: 'disk', operator: 'Exists' }, true],
  [{ key: 'zone', operator: 'DoesNotExist' }, true],
  [{ key: 'cores', operator: 'Gt', values: ['7'] }, true],
  [{ key: 'cores', operator: 'Lt', values: ['8'] }, false],
  [{ key: 'disk', operator: 'Gt', values: ['7'] }, false],
])('%o: %s', (requirement, matches) => {
  expect(matchesNode(affinity([requirement]), node)).toBe(matches);
});

test('one term is enough, each of its requirements counts, and an empty term matches nothing', () => {
  const yes: Requirement = { key: 'disk', operator: 'Exists' };
  const no: Requirement = { key: 'zone', operator: 'Exists' };
  expect(matchesNode(affinity([no], [yes]), node)).toBe(true);
  expect(matchesNode(affinity([yes, no]), node)).toBe(false);
  expect(matchesNode(affinity([]), node)).toBe(false);
});

test('the node selector counts beside the affinity, and a field can only be the name', () => {
  expect(matchesNode({ nodeSelector: { disk: 'ssd' } }, node)).toBe(true);
  expect(
    matchesNode({ nodeSelector: { disk: 'hdd' }, ...affinity([{ key: 'disk', operator: 'Exists' }]) }, node),
  ).toBe(false);
  const matchFields: Requirement[] = [{ key: 'metadata.name', operator: 'In', values: ['node-1'] }];
  const required = { nodeSelectorTerms: [{ matchFields }] };
  const named = { affinity: { nodeAffinity: { requiredDuringSchedulingIgnoredDuringExecution: required } } };
  expect(matchesNode(named, node)).toBe(true);
  expect(matchesNode(named, { ...node, name: 'node-2' })).toBe(false);
});
