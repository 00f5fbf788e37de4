/** volumes.json, as far as the foundation goes: hostPath checks, environment sources, downward API. */
import type { Container, Pod } from '../../../src/api/types.ts';
import { extractFieldPath, splitSubscript } from '../../../src/kubelet/env/field-path.ts';
import { type EnvLookup, makeEnvironment } from '../../../src/kubelet/env/make-environment.ts';
import { divideUp } from '../../../src/kubelet/env/resource-field.ts';
import { failed, failedMount } from '../../../src/kubelet/events/texts.ts';
import { checkHostPath, type PathKind } from '../../../src/kubelet/volumes/host-path.ts';
import { pod } from '../../kubelet/fixtures.ts';
import type { VectorAdapter, VectorCase } from '../adapter.ts';

/** Only what the case holds. */
function asked(told: Readonly<Record<string, unknown>>, expected: object) {
  return Object.fromEntries(Object.entries(told).filter(([key]) => key in expected));
}

const KINDS: Readonly<Record<string, PathKind>> = {
  nothing: 'nothing',
  'a file': 'file',
  'a directory': 'directory',
  'a socket': 'socket',
  'a character device': 'character device',
  'a block device': 'block device',
};

function hostpath({ input, expected }: VectorCase<{ type: string; path: string; pathIs: string }, object>) {
  const found = KINDS[input.pathIs];
  if (!found) throw new Error(`no such kind of path: ${input.pathIs}`);
  const check = checkHostPath(input.type, input.path, found);
  if (check.ok) return check;
  return asked({ ...check, event: failedMount('v', check.error) }, expected);
}

interface Env {
  readonly from: string;
  readonly exists: boolean;
  readonly key?: string;
  readonly hasKey?: boolean;
  readonly keys?: readonly string[];
}

function envContainer({ from, key = 'k' }: Env): Container {
  switch (from) {
    case 'configMapKeyRef':
      return { name: 'app', env: [{ name: 'V', valueFrom: { configMapKeyRef: { name: 'cm', key } } }] };
    case 'secretKeyRef':
      return { name: 'app', env: [{ name: 'V', valueFrom: { secretKeyRef: { name: 's', key } } }] };
    case 'envFrom configMapRef':
      return { name: 'app', envFrom: [{ configMapRef: { name: 'cm' } }] };
    case 'envFrom secretRef':
      return { name: 'app', envFrom: [{ secretRef: { name: 's' } }] };
    default:
      throw new Error(`no such source here: ${from}`);
  }
}

function env({ input, expected }: VectorCase<Env, object>) {
  const data = input.exists ? Object.fromEntries((input.keys ?? []).map((key) => [key, 'value'])) : undefined;
  const lookup: EnvLookup = { configMap: () => data, secret: () => data };
  const made = makeEnvironment({
    pod: pod(),
    container: envContainer(input),
    facts: { podIPs: [], hostIPs: [] },
    allocatable: {},
    lookup,
    // The file restates v1.30, before names were relaxed.
    relaxedNames: false,
  });
  const told = made.ok
    ? { variables: made.envs.map(({ key }) => key), event: made.events[0] }
    : { waitingReason: made.error.reason, message: made.error.message, event: failed(made.error.message) };
  return asked(told, expected);
}

interface FieldPath {
  readonly metadata: Partial<Pod['metadata']>;
  readonly path: string;
}

function fieldpath({ input, expected }: VectorCase<FieldPath, { errorContains?: string }>) {
  const field = extractFieldPath(input.metadata, input.path);
  if (field.ok) return { value: field.value };
  const part = expected.errorContains;
  return { errorContains: part !== undefined && field.error.includes(part) ? part : field.error };
}

function split({ input }: VectorCase<{ path: string }>) {
  const found = splitSubscript(input.path);
  return found ? { ok: true, ...found } : { ok: false };
}

function resourceField({ input }: VectorCase<{ quantity: string; divisor: string }>) {
  return { value: divideUp(input.quantity, input.divisor, input.divisor.endsWith('m')) };
}

export default {
  groups: { hostpath, env, fieldpath, 'split-fieldpath': split, 'resource-field': resourceField },
} satisfies VectorAdapter;
