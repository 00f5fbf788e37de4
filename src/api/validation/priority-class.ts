/** Priority classes: the highest values are the system's own (pkg/apis/scheduling/validation ValidatePriorityClass). */
import type { KubeObject } from '../types.ts';
import { type FieldError, forbidden, required } from './field-error.ts';
import { validateObjectMeta } from './metadata.ts';

/** scheduling.HighestUserDefinablePriority. */
const HIGHEST_USER_PRIORITY = 1_000_000_000;

/** The two classes that every cluster has are no matter of manifests. */
export function validatePriorityClass({ metadata, value }: KubeObject): FieldError[] {
  const errors = validateObjectMeta(metadata);
  if (metadata.name?.startsWith('system-')) {
    const detail = "priority class names with 'system-' prefix are reserved for system use only";
    errors.push(forbidden('metadata.name', detail));
  }
  if (value === undefined) errors.push(required('value'));
  if (Number(value) > HIGHEST_USER_PRIORITY) {
    errors.push(
      forbidden('value', `maximum allowed value of a user defined priority is ${HIGHEST_USER_PRIORITY}`),
    );
  }
  return errors;
}
