/** What people see of refused objects: the sentence that kubectl prints, and every mistake at its place. */
import type { ManifestError } from '../manifest/errors.ts';
import type { ReadObject } from '../manifest/read.ts';
import type { Pod } from '../types.ts';
import { type FieldError, formatFieldError } from './field-error.ts';
import { validatePodFields } from './pod.ts';
import { validatePriorityClass } from './priority-class.ts';
import { validateWorkload } from './workloads.ts';

/** `Pod "web" is invalid: spec...: Required value`, several in brackets, equal ones once (errors.NewInvalid). */
export function invalidMessage(kind: string, name: string, errors: readonly FieldError[]): string {
  const texts = [...new Set(errors.map(formatFieldError))];
  return `${kind} ${JSON.stringify(name)} is invalid: ${texts.length === 1 ? texts[0] : `[${texts.join(', ')}]`}`;
}

/** Validates a defaulted object that was read from a file; a kind without rules here has no errors. */
export function validateRead(read: ReadObject): ManifestError[] {
  const { object, file } = read;
  const name = object.metadata.name ?? '';
  return errorsOf(object).map((error) => ({
    file,
    path: error.field,
    ...read.locate(error.field),
    message: invalidMessage(object.kind, name, [error]),
  }));
}

function errorsOf(object: ReadObject['object']): FieldError[] {
  if (object.kind === 'Pod') return validatePodFields(object as unknown as Pod);
  if (object.kind === 'PriorityClass') return validatePriorityClass(object);
  return validateWorkload(object);
}
