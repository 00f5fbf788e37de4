/** The rules for every object's metadata (apimachinery pkg/api/validation/objectmeta.go ValidateObjectMeta). */
import { type FieldError, invalid, invalids, required, tooLong } from './field-error.ts';
import {
  isDns1123Label,
  isDns1123Subdomain,
  isLabelKey,
  isLabelValue,
  isQualifiedName,
  prefixOf,
  type Rule,
} from './names.ts';

/** The metadata of any object, stored or just read. */
export interface Metadata {
  readonly name?: string;
  readonly namespace?: string;
  readonly uid?: string;
  readonly generateName?: unknown;
  readonly generation?: unknown;
  readonly labels?: unknown;
  readonly annotations?: unknown;
  readonly finalizers?: unknown;
}

const ANNOTATIONS_MAX_BYTES = 262_144;

/**
 * Checks an object's metadata; `isName` is the rule for names of its kind. A missing namespace is fine here:
 * the store puts the object into `default`.
 */
export function validateObjectMeta(metadata: Metadata, isName: Rule = isDns1123Subdomain): FieldError[] {
  const { name, namespace, generateName, generation } = metadata;
  const errors: FieldError[] = [];
  if (generateName) {
    errors.push(...invalids('metadata.generateName', generateName, isName(prefixOf(String(generateName)))));
  }
  if (name) errors.push(...invalids('metadata.name', name, isName(name)));
  else if (!generateName) errors.push(required('metadata.name', 'name or generateName is required'));
  if (namespace) errors.push(...invalids('metadata.namespace', namespace, isDns1123Label(namespace)));
  if (typeof generation === 'number' && generation < 0) {
    errors.push(invalid('metadata.generation', generation, 'must be greater than or equal to 0'));
  }
  return [
    ...errors,
    ...validateLabels(metadata.labels as Record<string, string> | undefined, 'metadata.labels'),
    ...validateAnnotations(metadata.annotations as Record<string, string> | undefined),
    ...validateFinalizers(metadata.finalizers as readonly string[] | undefined),
  ];
}

/** The keys and values of labels, or of a node selector. */
export function validateLabels(
  labels: Readonly<Record<string, string>> | undefined,
  field: string,
): FieldError[] {
  return Object.entries(labels ?? {}).flatMap(([key, value]) => [
    ...invalids(field, key, isLabelKey(key)),
    ...invalids(field, value, isLabelValue(value)),
  ]);
}

function validateAnnotations(annotations: Readonly<Record<string, string>> = {}): FieldError[] {
  const field = 'metadata.annotations';
  const encoder = new TextEncoder();
  const errors: FieldError[] = [];
  let totalBytes = 0;
  for (const [key, value] of Object.entries(annotations)) {
    errors.push(...invalids(field, key, isQualifiedName(key.toLowerCase())));
    totalBytes += encoder.encode(key).length + encoder.encode(value).length;
  }
  if (totalBytes > ANNOTATIONS_MAX_BYTES) errors.push(tooLong(field, ANNOTATIONS_MAX_BYTES));
  return errors;
}

function validateFinalizers(finalizers: readonly string[] = []): FieldError[] {
  return finalizers.flatMap((finalizer) => {
    const broken = isQualifiedName(finalizer);
    const standard = finalizer.includes('/') || ['orphan', 'foregroundDeletion'].includes(finalizer);
    if (broken.length === 0 && !standard)
      broken.push('name is neither a standard finalizer name nor is it fully qualified');
    return invalids('metadata.finalizers', finalizer, broken);
  });
}
