/** A container's environment, worked out before it is created: values, sources and references. */
import type { Container, EnvVar, KubeObject, Pod } from '../../api/types.ts';
import { type EventText, invalidEnvironmentVariableNames } from '../events/texts.ts';
import type { StartError } from '../status/start-error.ts';
import { parseEnvFile } from './env-file.ts';
import { expand } from './expand.ts';
import { type DownwardFacts, podField } from './field-path.ts';
import { type Allocatable, containerResource } from './resource-field.ts';
import { serviceVariables } from './service-links.ts';

/** Where ConfigMaps and Secrets of the pod's namespace are found; undefined: there is none of this name. */
export interface EnvLookup {
  readonly configMap: (name: string) => Readonly<Record<string, string>> | undefined;
  readonly secret: (name: string) => Readonly<Record<string, string>> | undefined;
  /** Every service that the kubelet knows. */
  readonly services: readonly KubeObject[];
  /** A file of a volume and its path on the node; no text when it could not be read, undefined without such a volume. */
  readonly file: (
    volumeName: string,
    path: string,
  ) => { readonly path: string; readonly text: string | undefined } | undefined;
}

export interface EnvironmentInput {
  readonly pod: Pod;
  readonly container: Container;
  readonly facts: DownwardFacts;
  readonly allocatable: Allocatable;
  readonly lookup: EnvLookup;
  /** Gate RelaxedEnvironmentVariableValidation, on since v1.34: names need not be C identifiers. */
  readonly relaxedNames?: boolean;
}

export type Environment =
  | {
      readonly ok: true;
      readonly envs: readonly { readonly key: string; readonly value: string }[];
      readonly events: readonly EventText[];
    }
  /** The container cannot be configured: CreateContainerConfigError. */
  | { readonly ok: false; readonly error: StartError };

type Values = Map<string, string>;

/**
 * kubelet_pods.go makeEnvironmentVariables: `envFrom` first, then `env`, later entries win; the variables of
 * services fill what is left. A reference `$(NAME)` sees what stands before it, and every service.
 */
export function makeEnvironment(input: EnvironmentInput): Environment {
  const values: Values = new Map();
  const { metadata, spec } = input.pod;
  const links = serviceVariables(input.lookup.services, metadata.namespace, spec.enableServiceLinks ?? true);
  const events: EventText[] = [];
  for (const source of input.container.envFrom ?? []) {
    const error = addSource(input, source, values, events);
    if (error !== undefined) return failure(error);
  }
  for (const variable of input.container.env ?? []) {
    const value = valueOfVariable(input, variable, (name) => values.get(name) ?? links.get(name));
    if ('error' in value) return failure(value.error);
    if (value.value !== undefined) values.set(variable.name, value.value);
  }
  for (const [name, value] of links) if (!values.has(name)) values.set(name, value);
  return { ok: true, envs: [...values].map(([key, value]) => ({ key, value })), events };
}

/** The container's command and arguments with their references put in (ExpandContainerCommandAndArgs). */
export function expandCommand(
  container: Container,
  envs: readonly { readonly key: string; readonly value: string }[],
): { readonly command: readonly string[]; readonly args: readonly string[] } {
  const values = new Map(envs.map(({ key, value }) => [key, value]));
  const expanded = (part: string) => expand(part, (name) => values.get(name));
  return { command: (container.command ?? []).map(expanded), args: (container.args ?? []).map(expanded) };
}

type EnvFromSource = NonNullable<Container['envFrom']>[number];

/** Returns the error, if there is one. */
function addSource(
  input: EnvironmentInput,
  source: EnvFromSource,
  values: Values,
  events: EventText[],
): string | undefined {
  const ref = source.configMapRef ?? source.secretRef;
  if (!ref) return undefined;
  const kind = source.configMapRef ? 'configMap' : 'secret';
  const name = ref.name ?? '';
  const data = input.lookup[kind](name);
  if (!data) return ref.optional ? undefined : `${kind.toLowerCase()} ${JSON.stringify(name)} not found`;
  const skipped: string[] = [];
  for (const [key, value] of Object.entries(data)) {
    const variable = `${source.prefix ?? ''}${key}`;
    if (isEnvironmentName(variable, input.relaxedNames ?? true)) values.set(variable, value);
    else skipped.push(variable);
  }
  if (skipped.length > 0) {
    const where = `${kind} ${input.pod.metadata.namespace}/${name}`;
    events.push(invalidEnvironmentVariableNames(where, skipped.sort()));
  }
  return undefined;
}

/** Relaxed: any printable ASCII but `=`; else letters, digits, `_`, `-` and `.`, no digit first. */
function isEnvironmentName(name: string, relaxed: boolean): boolean {
  return relaxed ? /^[ -<>-~]+$/.test(name) : /^[-._a-zA-Z][-._a-zA-Z0-9]*$/.test(name);
}

type VariableValue = { readonly value: string | undefined } | { readonly error: string };

function valueOfVariable(
  input: EnvironmentInput,
  variable: EnvVar,
  lookUp: (name: string) => string | undefined,
): VariableValue {
  const { value, valueFrom } = variable;
  if (value) return { value: expand(value, lookUp) };
  if (valueFrom?.fieldRef) {
    const field = podField(input.pod, valueFrom.fieldRef.fieldPath, input.facts);
    return field.ok ? { value: field.value } : { error: field.error };
  }
  if (valueFrom?.resourceFieldRef) return resourceValue(input, valueFrom.resourceFieldRef);
  if (valueFrom?.configMapKeyRef) return keyValue(input, 'configMap', valueFrom.configMapKeyRef);
  if (valueFrom?.secretKeyRef) return keyValue(input, 'secret', valueFrom.secretKeyRef);
  const { fileKeyRef } = (valueFrom ?? {}) as { readonly fileKeyRef?: FileKeyRef };
  if (fileKeyRef) return fileValue(input, fileKeyRef);
  return { value: value ?? '' };
}

/** `fileKeyRef` (gate EnvFiles, on since v1.35); kubernetes-models does not know it yet. */
export interface FileKeyRef {
  readonly volumeName: string;
  readonly path: string;
  readonly key: string;
  readonly optional?: boolean;
}

/** The files that a container's variables are read from. */
export function fileKeyRefsOf({ env = [] }: Container): readonly FileKeyRef[] {
  return env.flatMap(
    ({ valueFrom }) => (valueFrom as { readonly fileKeyRef?: FileKeyRef } | undefined)?.fileKeyRef ?? [],
  );
}

function fileValue({ lookup }: EnvironmentInput, ref: FileKeyRef): VariableValue {
  const file = lookup.file(ref.volumeName, ref.path);
  if (file === undefined) {
    return { error: `cannot find the volume ${JSON.stringify(ref.volumeName)} referenced by FileKeyRef` };
  }
  const parsed = file.text === undefined ? undefined : parseEnvFile(file.text, ref.key);
  if (!parsed?.ok) return { error: "couldn't parse env file" };
  if (parsed.value !== '') return { value: parsed.value };
  if (ref.optional) return { value: undefined };
  return {
    error: `environment variable key ${JSON.stringify(ref.key)} not found in file ${JSON.stringify(file.path)}`,
  };
}

type ValueFrom = NonNullable<EnvVar['valueFrom']>;

function resourceValue(
  { pod, container, allocatable }: EnvironmentInput,
  { containerName, resource, divisor }: NonNullable<ValueFrom['resourceFieldRef']>,
): VariableValue {
  const all = [...pod.spec.containers, ...(pod.spec.initContainers ?? [])];
  const target = containerName ? all.find((candidate) => candidate.name === containerName) : container;
  if (!target) return { error: `container ${containerName} not found` };
  const field = containerResource(pod, target, resource, divisor, allocatable);
  return field.ok ? { value: field.value } : { error: field.error };
}

function keyValue(
  { pod, lookup }: EnvironmentInput,
  kind: 'configMap' | 'secret',
  { name = '', key, optional }: NonNullable<ValueFrom['configMapKeyRef']>,
): VariableValue {
  const data = lookup[kind](name);
  if (!data) {
    return optional
      ? { value: undefined }
      : { error: `${kind.toLowerCase()} ${JSON.stringify(name)} not found` };
  }
  const value = data[key];
  if (value !== undefined) return { value };
  if (optional) return { value: undefined };
  const what = kind === 'configMap' ? 'ConfigMap' : 'Secret';
  return { error: `couldn't find key ${key} in ${what} ${pod.metadata.namespace}/${name}` };
}

function failure(message: string): Environment {
  return { ok: false, error: { reason: 'CreateContainerConfigError', message } };
}
